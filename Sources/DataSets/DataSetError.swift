public import Archives

/// Why a data set cannot be used, and which.
public struct DataSetError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: Error, Equatable {
    /// The system would not open or read it.
    case inaccessible(String)
    /// It is a file of some other kind.
    case unknownFormat
    /// It is an archive that cannot be read.
    case archive(ArchiveError)
    /// There is nothing in it.
    case empty
    /// It has files, but no folder for each label.
    case noLabelFolders
    /// A label's folder has a folder in it.
    case nestedFolder(String)
    /// A label's folder has nothing in it, or only broken pictures.
    case labelWithoutPictures(String)
    /// There is no second label.
    case oneLabel(String)
    /// Labels that are none of those expected.
    case unknownLabels([String], expected: [String])
    /// The label pattern makes one label of several folders.
    case sameLabel(String, folders: [String])
    /// A name that a pattern does not match, or matches with nothing.
    case noMatch(name: String, pattern: String)
    /// A pattern that is no regular expression.
    case badPattern(String, reason: String)
    /// More pictures are broken than the share that is allowed. `first` are a few of them.
    case tooManyBroken(count: Int, total: Int, allowed: Double, first: [BrokenPicture])
    /// Two labels have mostly the same pictures: so many of them.
    case samePictures(labels: [String], count: Int)
    /// The prepared pictures take more memory than is allowed.
    case tooLarge(limit: Int)
    /// An IDX file is not what it should be.
    case malformedIDX(file: String, reason: String)
    /// A picture that was there at first is not any more.
    case changed(String)
  }

  /// The path that was to be read.
  public let source: String
  /// What is wrong.
  public let kind: Kind

  /// An error about a data set.
  public init(_ kind: Kind, in source: String) {
    self.source = source
    self.kind = kind
  }

  /// One line for people; several where broken pictures are listed.
  public var description: String {
    // An archive's error names the archive itself.
    if case .archive(let error) = kind, error.archive == source { return error.description }
    return "\(source): \(kind.text)"
  }
}

extension DataSetError.Kind {
  /// The layout that is wanted, for those who brought another.
  private static let layout = "a data set has a folder of pictures for each label"

  fileprivate var text: String {
    switch self {
    case .inaccessible(let reason): reason
    case .unknownFormat:
      "is no data set: give a folder with a folder for each label, a tar, tar.gz or zip of one, or IDX images"
    case .archive(let error): error.description
    case .empty: "is empty; \(Self.layout)"
    case .noLabelFolders: "has files but no folders; \(Self.layout)"
    case .nestedFolder(let folder):
      "has a folder in a label's folder: '\(folder)'; \(Self.layout). Is one of its folders the data set?"
    case .labelWithoutPictures(let folder): "has no picture that can be read for the label '\(folder)'"
    case .oneLabel(let label): "has only one label, '\(label)'; there is nothing to tell apart"
    case .unknownLabels(let labels, let expected):
      "has labels that are not among the \(expected.count) expected: \(Self.list(labels))"
    case .sameLabel(let label, let folders): "has several folders for the label '\(label)': \(Self.list(folders))"
    case .noMatch(let name, let pattern): "has the name '\(name)', of which the pattern '\(pattern)' gives nothing"
    case .badPattern(let pattern, let reason): "the pattern '\(pattern)' is no regular expression: \(reason)"
    case .tooManyBroken(let count, let total, let allowed, let first):
      "has \(count) broken pictures of \(total), more than the share of \(allowed) that is allowed:"
        + first.map { "\n  \($0)" }.joined() + (count > first.count ? "\n  and \(count - first.count) more" : "")
    case .samePictures(let labels, let count):
      "has mostly the same pictures (\(count)) under two labels: \(Self.list(labels))"
    case .tooLarge(let limit): "takes more than \(limit) bytes of memory for its pictures"
    case .malformedIDX(let file, let reason): "the IDX file \(file) \(reason)"
    case .changed(let name): "changed while it was read: '\(name)' is gone"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
