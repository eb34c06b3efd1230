/// A file or a folder in an archive.
public struct ArchiveEntry: Sendable, Equatable {
  /// What it is.
  public enum Kind: Sendable, Equatable {
    /// A folder. Archives need not list them.
    case folder
    /// A regular file.
    case file
  }

  /// Its path in the archive: parts between single slashes, none of them empty, `.` or `..`; empty for the root itself.
  public let name: String
  /// What it is.
  public let kind: Kind
  /// How many bytes a file has; 0 for a folder.
  public let size: Int

  /// An entry from its parts.
  public init(name: String, kind: Kind, size: Int) {
    self.name = name
    self.kind = kind
    self.size = size
  }
}

extension ArchiveEntry {
  /// The name as parts between single slashes.
  ///
  /// - Throws: what is wrong with it: absolute, leading upward, not UTF-8, or with a character that some system takes
  ///   for something else.
  static func name(_ bytes: some Collection<UInt8>, limit: Int) throws(ArchiveError.Kind) -> String {
    guard bytes.count <= limit else { throw .limit("a name of \(bytes.count) bytes; \(limit) are allowed") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .unsafeName("it is not UTF-8") }
    guard !text.utf8.contains(0) else { throw .unsafeName("it holds a NUL") }
    guard !text.utf8.contains(UInt8(ascii: "\\")) else {
      throw .unsafeName("it holds a backslash, which some systems take for a slash")
    }
    guard !text.hasPrefix("/") else { throw .unsafeName("it is an absolute path") }
    let parts = text.split(separator: "/").filter { $0 != "." }
    guard !parts.contains("..") else { throw .unsafeName("'..' leads out of the archive") }
    return parts.joined(separator: "/")
  }
}
