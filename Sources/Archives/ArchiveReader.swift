internal import Base

/// Reads a tar, tar.gz or zip archive that nobody vouches for, entry by entry, in the order they are stored in.
///
/// Which of the formats it is shows in the first bytes, not in the name. Links, devices, names that lead out of the
/// archive, two entries of one name, and whatever exceeds the limits are errors; nothing is passed over silently.
/// A reader belongs to one thread at a time.
public final class ArchiveReader {
  /// The archive's name, for messages.
  public let name: String
  private let limits: ArchiveLimits
  private let entries: any EntryReader
  private var names: Set<String> = []
  private var count = 0
  private var bytes = 0
  private var current: ArchiveEntry?

  /// Opens the archive at `path`.
  public convenience init(contentsOf path: String, limits: ArchiveLimits = .default) throws(ArchiveError) {
    try self.init(try .opening(path), name: path, limits: limits)
  }

  /// An archive in memory; `name` is what messages call it.
  public convenience init(bytes: [UInt8], name: String, limits: ArchiveLimits = .default) throws(ArchiveError) {
    try self.init(.memory(bytes), name: name, limits: limits)
  }

  private init(_ stored: StoredBytes, name: String, limits: ArchiveLimits) throws(ArchiveError) {
    self.name = name
    self.limits = limits
    if try ZIPReader.recognises(stored, name: name) {
      entries = try ZIPReader(stored, name: name, limits: limits)
    } else {
      entries = try TarReader(try ByteStream(stored, name: name, limits: limits), limits: limits)
    }
  }

  /// The next entry, or nil after the last. The content of the one before is passed over if it was not asked for.
  public func next() throws(ArchiveError) -> ArchiveEntry? {
    current = nil
    guard let entry = try entries.next() else { return nil }
    count += 1
    guard count <= limits.entries else {
      throw ArchiveError(.limit("more than \(limits.entries) entries"), in: name)
    }
    guard names.insert(entry.name).inserted || entry.kind == .folder else {
      throw ArchiveError(.duplicate, in: name, entry: entry.name)
    }
    guard entry.size <= limits.bytesPerEntry else {
      throw ArchiveError(
        .limit("\(entry.size) bytes; \(limits.bytesPerEntry) are allowed in one file"), in: name, entry: entry.name)
    }
    bytes += entry.size
    guard bytes <= limits.bytes else {
      throw ArchiveError(.limit("more than \(limits.bytes) bytes in all"), in: name, entry: entry.name)
    }
    current = entry
    return entry
  }

  /// The bytes of the entry that ``next()`` named last, once; empty for a folder.
  ///
  /// - Throws: ``ArchiveError``; where it is ``ArchiveError/isConfined``, ``next()`` still gives the entry after.
  public func content() throws(ArchiveError) -> [UInt8] {
    guard let entry = current, entry.kind == .file else { return [] }
    current = nil
    return try entries.content()
  }
}

/// One format.
protocol EntryReader: AnyObject {
  func next() throws(ArchiveError) -> ArchiveEntry?
  /// Of the file that `next()` gave last; asked for once at most.
  func content() throws(ArchiveError) -> [UInt8]
}
