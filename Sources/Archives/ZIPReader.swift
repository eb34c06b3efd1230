internal import Base
internal import Compression

/// Reads zip: stored and deflated entries, as the central directory lists them.
final class ZIPReader: EntryReader {
  private let stored: StoredBytes
  private let name: String
  private let limits: ArchiveLimits
  private let items: [ZIPDirectory.Item]
  private var index = -1

  /// 65,535 headers with short names, and then some.
  private static let longestDirectory = 64 << 20

  /// Whether it begins as a zip archive does, an empty one too.
  static func recognises(_ stored: StoredBytes, name: String) throws(ArchiveError) -> Bool {
    let signature = try read(stored, at: 0, count: 4, name: name)[...].littleEndian(at: 0, bytes: 4)
    return signature == ZIPDirectory.localSignature || signature == ZIPDirectory.endSignature
  }

  init(_ stored: StoredBytes, name: String, limits: ArchiveLimits) throws(ArchiveError) {
    func fail(_ kind: ArchiveError.Kind, entry: String? = nil) -> ArchiveError {
      ArchiveError(kind, in: name, entry: entry)
    }
    let (start, length, count) = try Self.end(of: stored, name: name)
    guard count <= limits.entries else { throw fail(.limit("more than \(limits.entries) entries")) }
    guard length <= Self.longestDirectory else {
      throw fail(.limit("a directory of \(length) bytes; \(Self.longestDirectory) are allowed"))
    }
    let bytes = try Self.read(stored, at: start, count: length, name: name)
    do throws(ZIPDirectory.Fault) {
      items = try ZIPDirectory(bytes, count: count, start: start, limits: limits).items
    } catch {
      throw fail(error.kind, entry: error.entry)
    }
    self.stored = stored
    self.name = name
    self.limits = limits
  }

  func next() throws(ArchiveError) -> ArchiveEntry? {
    guard index < items.count else { return nil }
    index += 1
    return index < items.count ? items[index].entry : nil
  }

  func content() throws(ArchiveError) -> [UInt8] {
    guard items.indices.contains(index) else { return [] }
    let item = items[index]
    let start = try contentStart(of: item)
    let bytes = try item.isDeflated ? inflated(item, at: start) : read(at: start, count: item.stored)
    guard bytes.count == item.entry.size else {
      throw error(.damaged("it has \(bytes.count) bytes, not \(item.entry.size)"), item)
    }
    guard CRC32.checksum(of: bytes) == item.checksum else {
      throw error(.damaged("its checksum is wrong"), item)
    }
    return bytes
  }

  /// Where the content begins: after the local header (4.3.7), whose extra field may be longer than the directory's.
  private func contentStart(of item: ZIPDirectory.Item) throws(ArchiveError) -> Int {
    let nameCount = item.nameBytes.count
    let header = try read(at: item.header, count: ZIPDirectory.localHeaderSize + nameCount)[...]
    guard header.littleEndian(at: 0, bytes: 4) == ZIPDirectory.localSignature,
      header.littleEndian(at: 26, bytes: 2) == nameCount, let extra = header.littleEndian(at: 28, bytes: 2),
      header.dropFirst(ZIPDirectory.localHeaderSize).elementsEqual(item.nameBytes)
    else { throw error(.damaged("it is not where the directory says"), item) }
    return item.header + ZIPDirectory.localHeaderSize + nameCount + extra
  }

  private func inflated(_ item: ZIPDirectory.Item, at start: Int) throws(ArchiveError) -> [UInt8] {
    var result: [UInt8] = []
    var (offset, left) = (start, item.stored)
    func naming<Result>(_ body: () throws(InflateError) -> Result) throws(ArchiveError) -> Result {
      do {
        return try body()
      } catch {
        throw self.error(error.isGrave ? .notInflated(error) : .damaged(error.description), item)
      }
    }
    let inflater = try naming { () throws(InflateError) in
      try Inflater(.deflate, limit: item.entry.size, ratio: limits.ratio)
    }
    while left > 0 {
      var input = try read(at: offset, count: min(left, 256 << 10))[...]
      guard !input.isEmpty else { break }
      (offset, left) = (offset + input.count, left - input.count)
      try naming { () throws(InflateError) in try inflater.inflate(&input, appendingTo: &result) }
    }
    try naming { () throws(InflateError) in try inflater.finish() }
    return result
  }

  private func read(at offset: Int, count: Int) throws(ArchiveError) -> [UInt8] {
    try Self.read(stored, at: offset, count: count, name: name)
  }

  private func error(_ kind: ArchiveError.Kind, _ item: ZIPDirectory.Item) -> ArchiveError {
    ArchiveError(kind, in: name, entry: item.entry.name)
  }

  private static func read(
    _ stored: StoredBytes, at offset: Int, count: Int, name: String
  ) throws(ArchiveError) -> [UInt8] {
    do {
      return try stored.read(at: offset, count: count)
    } catch {
      throw ArchiveError(.inaccessible(error), in: name)
    }
  }

  /// What the end record (4.3.16) says of the directory. It is followed only by a comment of the length it names.
  private static func end(
    of stored: StoredBytes, name: String
  ) throws(ArchiveError) -> (start: Int, length: Int, count: Int) {
    func fail(_ kind: ArchiveError.Kind) -> ArchiveError { ArchiveError(kind, in: name) }
    let size = ZIPDirectory.endSize
    let tailStart = max(stored.count - size - 0xFFFF, 0)
    let tail = try read(stored, at: tailStart, count: stored.count - tailStart, name: name)[...]
    let found = stride(from: tail.count - size, through: 0, by: -1).first {
      tail[$0] == 0x50 && tail.littleEndian(at: $0, bytes: 4) == ZIPDirectory.endSignature
        && tail.littleEndian(at: $0 + 20, bytes: 2) == tail.count - size - $0
    }
    guard let offset = found,
      let disks = tail.littleEndian(at: offset + 4, bytes: 4),
      let countHere = tail.littleEndian(at: offset + 8, bytes: 2),
      let count = tail.littleEndian(at: offset + 10, bytes: 2),
      let length = tail.littleEndian(at: offset + 12, bytes: 4),
      let start = tail.littleEndian(at: offset + 16, bytes: 4)
    else { throw fail(.truncated("the archive, whose directory comes last")) }
    guard count != 0xFFFF, length != 0xFFFF_FFFF, start != 0xFFFF_FFFF else {
      throw fail(.unsupported(ZIPDirectory.zip64))
    }
    guard disks == 0, countHere == count else { throw fail(.unsupported("it is one of several volumes")) }
    guard start + length == tailStart + offset else {
      throw fail(.malformed("its directory is not where its end says"))
    }
    return (start, length, count)
  }
}
