/// Reads tar: ustar, and the long names of GNU's and of pax's.
final class TarReader: EntryReader {
  private let stream: ByteStream
  private let limits: ArchiveLimits
  /// The block that showed that it is a tar.
  private var first: [UInt8]?
  /// Content and padding not yet read.
  private var pending = 0
  private var current: ArchiveEntry?
  private var ended = false

  /// Longer headers than this one are refused: they hold a name of at most 1024 bytes by default, and times.
  private static let longestExtension = 64 << 10

  /// - Throws: ``ArchiveError/Kind/unknownFormat`` if the first block is no header and no end.
  init(_ stream: ByteStream, limits: ArchiveLimits) throws(ArchiveError) {
    self.stream = stream
    self.limits = limits
    let block = try stream.read(TarHeader.size)
    guard TarHeader(block) != nil || Self.isEnd(block) else { throw ArchiveError(.unknownFormat, in: stream.name) }
    first = block
  }

  func next() throws(ArchiveError) -> ArchiveEntry? {
    guard !ended else { return nil }
    try skip(pending)
    pending = 0
    var longName: [UInt8]?
    var records: PaxRecords?
    while true {
      guard var header = try header() else {
        guard longName == nil, records == nil else { throw error(.truncated("a long name")) }
        return nil
      }
      switch header.type {
      case UInt8(ascii: "L"):
        longName = Array(try extendedHeader(header).prefix { $0 != 0 })
      case UInt8(ascii: "K"):
        // The target of a link, which comes next and is refused under its own name.
        _ = try extendedHeader(header)
      case UInt8(ascii: "x"):
        records = try parsing(try extendedHeader(header))
      case UInt8(ascii: "g"):
        let global = try parsing(try extendedHeader(header))
        guard global.path == nil, global.size == nil else {
          throw error(.malformed("a global pax header that gives all entries one name or size"))
        }
      default:
        header.name = records?.path ?? longName ?? header.name
        header.size = records?.size ?? header.size
        return try entry(header)
      }
    }
  }

  func content() throws(ArchiveError) -> [UInt8] {
    guard let entry = current else { return [] }
    let bytes = try stream.read(entry.size)
    guard bytes.count == entry.size else { throw error(.truncated("its content"), entry: entry.name) }
    pending -= bytes.count
    current = nil
    return bytes
  }

  /// The next header, or nil at the end.
  private func header() throws(ArchiveError) -> TarHeader? {
    let block = if let first { first } else { try stream.read(TarHeader.size) }
    first = nil
    if Self.isEnd(block) {
      ended = true
      // Padding up to the block size of a tape follows, and the checksum if it is gzipped.
      while try !stream.isAtEnd() { try stream.skip(1 << 20) }
      return nil
    }
    guard block.count == TarHeader.size else {
      throw error(.truncated(block.isEmpty ? "the archive, which has no end mark" : "a header"))
    }
    guard let header = TarHeader(block) else {
      throw error(.malformed("it has a header whose checksum is wrong, or whose size is no number"))
    }
    return header
  }

  private func entry(_ header: TarHeader) throws(ArchiveError) -> ArchiveEntry? {
    let shown = String(decoding: header.name, as: UTF8.self)
    let name: String
    do throws(ArchiveError.Kind) {
      name = try ArchiveEntry.name(header.name, limit: limits.nameBytes)
    } catch {
      throw self.error(error, entry: String(shown.prefix(100)))
    }
    if let special = Self.special(header.type) { throw error(.special(special), entry: name) }
    let kind: ArchiveEntry.Kind
    switch header.type {
    // 7 is a file that once had to lie in one piece; before POSIX a folder was a file whose name ended in a slash.
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = shown.hasSuffix("/") ? .folder : .file
    case UInt8(ascii: "5"): kind = .folder
    default:
      throw error(.unsupported("it is of tar's type \(Unicode.Scalar(header.type).debugDescription)"), entry: name)
    }
    guard kind == .folder || !name.isEmpty else { throw error(.unsafeName("it is empty"), entry: shown) }
    guard kind == .file || header.size == 0 else { throw error(.malformed("a folder with content"), entry: name) }
    if let remaining = stream.remaining, header.size > remaining {
      throw error(.truncated("its content"), entry: name)
    }
    let entry = ArchiveEntry(name: name, kind: kind, size: header.size)
    current = entry
    pending = Self.padded(header.size)
    return entry
  }

  private static func special(_ type: UInt8) -> String? {
    switch type {
    case UInt8(ascii: "1"): "a hard link"
    case UInt8(ascii: "2"): "a symbolic link"
    case UInt8(ascii: "3"), UInt8(ascii: "4"): "a device"
    case UInt8(ascii: "6"): "a pipe"
    default: nil
    }
  }

  /// What stands before an entry to give it a longer name.
  private func extendedHeader(_ header: TarHeader) throws(ArchiveError) -> [UInt8] {
    guard header.size <= Self.longestExtension else {
      throw error(.limit("an extended header of \(header.size) bytes; \(Self.longestExtension) are allowed"))
    }
    let bytes = try stream.read(header.size)
    guard bytes.count == header.size else { throw error(.truncated("an extended header")) }
    try skip(Self.padded(header.size) - header.size)
    return bytes
  }

  private func parsing(_ bytes: [UInt8]) throws(ArchiveError) -> PaxRecords {
    do { return try PaxRecords(bytes) } catch { throw self.error(error) }
  }

  private func skip(_ count: Int) throws(ArchiveError) {
    guard try stream.skip(count) == count else { throw error(.truncated("an entry"), entry: current?.name) }
  }

  private func error(_ kind: ArchiveError.Kind, entry: String? = nil) -> ArchiveError {
    ArchiveError(kind, in: stream.name, entry: entry)
  }

  private static func isEnd(_ block: [UInt8]) -> Bool {
    block.count == TarHeader.size && block.allSatisfy { $0 == 0 }
  }

  private static func padded(_ size: Int) -> Int { (size + TarHeader.size - 1) / TarHeader.size * TarHeader.size }
}
