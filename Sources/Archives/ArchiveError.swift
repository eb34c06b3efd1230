public import Base
public import Compression

/// Why an archive or a compressed file cannot be read: which, and at which entry.
public struct ArchiveError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: Error, Equatable {
    /// The system would not open or read the file.
    case inaccessible(FileError)
    /// The first bytes are those of something else.
    case unknownFormat
    /// The bytes end before what they announce does.
    case truncated(String)
    /// The structure is broken.
    case malformed(String)
    /// The whole is compressed and cannot be inflated.
    case notInflated(InflateError)
    /// A feature of the format that is not read.
    case unsupported(String)
    /// A name that leads out of the folder it would be unpacked in, or none that is surely one.
    case unsafeName(String)
    /// A link or a device.
    case special(String)
    /// Another entry has the same name.
    case duplicate
    /// The entry's content is not what was stored. The others may be whole.
    case damaged(String)
    /// More than is allowed of something.
    case limit(String)
  }

  /// The archive.
  public let archive: String
  /// The entry's name, if it is about one.
  public let entry: String?
  /// What is wrong.
  public let kind: Kind

  /// An error about an archive, or about an entry of it.
  public init(_ kind: Kind, in archive: String, entry: String? = nil) {
    self.archive = archive
    self.entry = entry
    self.kind = kind
  }

  /// Whether only this entry is lost, and the next can be read.
  public var isConfined: Bool { if case .damaged = kind { true } else { false } }

  /// One line for people.
  public var description: String {
    // A name in an archive may hold anything, terminal control sequences too.
    let place = entry.map { "\(archive): the entry \($0.debugDescription)" } ?? archive
    return "\(place): \(reason)"
  }

  /// What is wrong, without the names.
  public var reason: String {
    switch kind {
    case .inaccessible(let error): error.description
    case .unknownFormat: "is neither a tar, nor a tar.gz, nor a zip archive"
    case .truncated(let part): "is cut off: it ends within \(part)"
    case .malformed(let reason): "is malformed: \(reason)"
    case .notInflated(let error): error.description
    case .unsupported(let reason): "cannot be read: \(reason)"
    case .unsafeName(let reason): "has a name that is refused: \(reason)"
    case .special(let what):
      "is \(what); only files and folders are read (tar --dereference stores what links lead to)"
    case .duplicate: "is there twice"
    case .damaged(let reason): "is damaged: \(reason)"
    case .limit(let limit): "exceeds a limit: \(limit)"
    }
  }
}
