internal import Base

/// The bytes of an archive as they are stored, on disk or in memory.
enum StoredBytes: Sendable {
  case file(OpenFile)
  case memory([UInt8])

  var count: Int {
    switch self {
    case .file(let file): file.size
    case .memory(let bytes): bytes.count
    }
  }

  /// The bytes from `offset` on, as many as there are of `count`.
  func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    switch self {
    case .file(let file): return try file.read(at: offset, count: count)
    case .memory(let bytes):
      guard offset >= 0, count > 0, offset < bytes.count else { return [] }
      return Array(bytes[offset..<(offset + min(count, bytes.count - offset))])
    }
  }

  static func opening(_ path: String) throws(ArchiveError) -> StoredBytes {
    do {
      return .file(try OpenFile(path))
    } catch {
      throw ArchiveError(.inaccessible(error), in: path)
    }
  }
}
