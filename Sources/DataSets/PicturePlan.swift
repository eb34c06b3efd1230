/// Which pictures there are and what they are labelled, before any of them is read.
struct PicturePlan {
  /// A picture to be.
  struct Item {
    var name: String
    var label: Int
    var group: String
  }

  /// A picture as the source names it.
  struct Candidate {
    /// Its path.
    var name: String
    /// The name of its folder, or what stands for it.
    var folder: String
    /// Its own name.
    var file: String
  }

  var labels: [String]
  /// Sorted by name.
  var items: [Item]

  /// - Parameters:
  ///   - expected: the labels that there may be, in their order; nil for those that there are, sorted.
  ///   - requiresGroups: whether a name that the pattern for groups does not match is an error.
  init(
    _ candidates: [Candidate], expected: [String]?, labelPattern: String?, groupPattern: String?, requiresGroups: Bool
  ) throws(DataSetError.Kind) {
    let labelPattern = try Self.pattern(labelPattern)
    let groupPattern = try Self.pattern(groupPattern)
    var label: [String: String] = [:]
    for candidate in candidates where label[candidate.folder] == nil {
      label[candidate.folder] = try Self.label(of: candidate.folder, labelPattern, expected: expected)
    }
    for (label, folders) in Dictionary(grouping: label.keys, by: { label[$0]! }).sorted(by: { $0.key < $1.key })
    where folders.count > 1 {
      throw .sameLabel(label, folders: folders.sorted())
    }
    let found = label.values.sorted()
    if let expected {
      let unknown = found.filter { !expected.contains($0) }
      guard unknown.isEmpty else { throw .unknownLabels(unknown, expected: expected) }
    } else if found.count == 1 {
      throw .oneLabel(found[0])
    }
    labels = expected ?? found
    let index = Dictionary(zip(labels, labels.indices)) { first, _ in first }
    items = []
    for candidate in candidates {
      let group: String
      do {
        group = try groupPattern?.part(of: candidate.file) ?? candidate.file
      } catch  where !requiresGroups {
        group = candidate.file
      }
      items.append(Item(name: candidate.name, label: index[label[candidate.folder]!]!, group: group))
    }
    items.sort { $0.name < $1.name }
  }

  /// What a folder's pictures show. A folder that bears an expected label's own name needs no pattern to find it.
  private static func label(
    of folder: String, _ pattern: NamePattern?, expected: [String]?
  ) throws(DataSetError.Kind) -> String {
    guard let pattern else { return folder }
    guard let expected, expected.contains(folder) else { return try pattern.part(of: folder) }
    let found = try? pattern.part(of: folder)
    return found.flatMap { expected.contains($0) ? $0 : nil } ?? folder
  }

  private static func pattern(_ text: String?) throws(DataSetError.Kind) -> NamePattern? {
    guard let text else { return nil }
    return try NamePattern(text)
  }
}
