internal import Compression

/// A zip archive's central directory: the only truth about what is in it. Section numbers are APPNOTE 6.3's.
struct ZIPDirectory {
  /// One file or folder.
  struct Item {
    var entry: ArchiveEntry
    /// The name's bytes, which the local header repeats.
    var nameBytes: [UInt8]
    var isDeflated: Bool
    var checksum: UInt32
    /// How many bytes are stored for it.
    var stored: Int
    /// Where its local header begins.
    var header: Int
  }

  /// An error, and the entry that it is about.
  struct Fault: Error {
    var kind: ArchiveError.Kind
    var entry: String?
  }

  static let localSignature = 0x0403_4B50
  static let signature = 0x0201_4B50
  static let endSignature = 0x0605_4B50
  static let localHeaderSize = 30
  static let endSize = 22

  /// In the directory's order.
  var items: [Item] = []

  /// - Parameters:
  ///   - bytes: the directory alone.
  ///   - start: where it begins in the archive; all content lies before.
  init(_ bytes: [UInt8], count: Int, start: Int, limits: ArchiveLimits) throws(Fault) {
    var rest = bytes[...]
    for _ in 0..<count {
      items.append(try Self.item(&rest, start: start, limits: limits))
    }
    guard rest.isEmpty else { throw Fault(kind: .malformed("its directory has more in it than it says")) }
    try checkOverlap(start: start)
  }

  /// One header of the directory (4.3.12).
  private static func item(
    _ rest: inout ArraySlice<UInt8>, start: Int, limits: ArchiveLimits
  ) throws(Fault) -> Item {
    let header = rest
    func field(_ offset: Int, _ width: Int) throws(Fault) -> Int {
      guard let value = header.littleEndian(at: offset, bytes: width) else {
        throw Fault(kind: .truncated("its directory"))
      }
      return value
    }
    guard try field(0, 4) == signature else {
      throw Fault(kind: .malformed("its directory has a header with a wrong signature"))
    }
    let (madeBy, flags, method) = (try field(4, 2), try field(8, 2), try field(10, 2))
    let (checksum, stored, size) = (try field(16, 4), try field(20, 4), try field(24, 4))
    let nameLength = try field(28, 2)
    let total = 46 + nameLength + (try field(30, 2)) + (try field(32, 2))
    let (attributes, offset) = (try field(38, 4), try field(42, 4))
    guard header.count >= total else { throw Fault(kind: .truncated("its directory")) }
    rest = header.dropFirst(total)

    let nameBytes = Array(header.dropFirst(46).prefix(nameLength))
    let shown = String(String(decoding: nameBytes, as: UTF8.self).prefix(100))
    let name: String
    do throws(ArchiveError.Kind) {
      name = try ArchiveEntry.name(nameBytes, limit: limits.nameBytes)
      // Made on Unix (4.4.2), the upper half of the attributes is its mode.
      if madeBy >> 8 == 3 { try checkMode(attributes >> 16) }
      guard flags & 0x2041 == 0 else { throw .unsupported("it is encrypted") }
      guard method == 0 || method == 8 else {
        throw .unsupported("it is compressed by method \(method); stored (0) and deflated (8) are read")
      }
      guard stored != 0xFFFF_FFFF, size != 0xFFFF_FFFF, offset != 0xFFFF_FFFF else { throw .unsupported(zip64) }
      guard method == 8 || stored == size else { throw .malformed("it is stored, but with two sizes") }
      // What it says of itself is enough to refuse it; where it understates, inflating stops.
      guard size <= Inflater.ratioMatters || size / limits.ratio < stored else {
        throw .notInflated(.tooDense(ratio: limits.ratio))
      }
      guard offset + localHeaderSize + nameLength + stored <= start else {
        throw .malformed("it lies outside the file")
      }
    } catch {
      throw Fault(kind: error, entry: shown)
    }
    let isFolder = shown.hasSuffix("/") || nameBytes.last == UInt8(ascii: "/")
    guard isFolder || !name.isEmpty else { throw Fault(kind: .unsafeName("it is empty"), entry: shown) }
    guard !isFolder || size == 0 else { throw Fault(kind: .malformed("a folder with content"), entry: name) }
    return Item(
      entry: ArchiveEntry(name: name, kind: isFolder ? .folder : .file, size: size), nameBytes: nameBytes,
      isDeflated: method == 8, checksum: UInt32(checksum), stored: stored, header: offset)
  }

  static let zip64 = "it is of ZIP64, 4 GB or 65,535 entries or more; use a tar"

  private static func checkMode(_ mode: Int) throws(ArchiveError.Kind) {
    switch mode & 0o170000 {
    case 0, 0o100000, 0o040000: break
    case 0o120000: throw .special("a symbolic link")
    default: throw .special("a device, pipe or socket")
    }
  }

  /// Entries that share their content are how a few kilobytes are made to claim petabytes.
  private func checkOverlap(start: Int) throws(Fault) {
    var end = 0
    for item in items.sorted(by: { $0.header < $1.header }) {
      guard item.header >= end else {
        throw Fault(kind: .malformed("its content overlaps another's"), entry: item.entry.name)
      }
      end = item.header + Self.localHeaderSize + item.nameBytes.count + item.stored
    }
  }
}

extension ArraySlice<UInt8> {
  /// An unsigned little-endian number of up to seven bytes at `offset` from the start, or nil if they are not all there.
  func littleEndian(at offset: Int, bytes width: Int) -> Int? {
    guard offset >= 0, offset <= count - width else { return nil }
    return self[(startIndex + offset)..<(startIndex + offset + width)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
