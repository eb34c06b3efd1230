/// One stored file of a ZIP archive, as the central directory describes it.
struct ZIPEntry: Sendable {
  /// Its name.
  var name: String
  /// CRC-32 of its content.
  var checksum: UInt32
  /// Where its content lies in the archive.
  var content: Range<Int>

  /// The archive's entries in the directory's order, each checked to lie within `bytes`.
  static func directory(of bytes: [UInt8]) throws(NumPyError.Kind) -> [ZIPEntry] {
    let all = bytes[...]
    let signature = all.littleEndian(at: 0, bytes: 4)
    guard signature == localSignature || signature == endSignature else {
      throw bytes.count < 4 ? .truncated("the first bytes") : .wrongMagic
    }
    let end = try EndRecord(of: all)
    var entries: [ZIPEntry] = []
    var offset = end.directory.lowerBound
    for _ in 0..<end.count {
      let (entry, size) = try read(at: offset, within: end.directory, of: all)
      entries.append(entry)
      offset += size
    }
    guard offset == end.directory.upperBound else {
      throw .malformedArchive("the central directory is longer than its entries")
    }
    return entries
  }

  /// One header of the central directory (4.3.12), and its size.
  private static func read(
    at offset: Int, within directory: Range<Int>, of bytes: ArraySlice<UInt8>
  ) throws(NumPyError.Kind) -> (ZIPEntry, size: Int) {
    let header = bytes[offset..<directory.upperBound]
    func field(_ offset: Int, _ width: Int) throws(NumPyError.Kind) -> Int {
      guard let value = header.littleEndian(at: offset, bytes: width) else { throw .truncated("the central directory") }
      return value
    }
    let (flags, method, checksum) = (try field(8, 2), try field(10, 2), try field(16, 4))
    let (stored, size, local) = (try field(20, 4), try field(24, 4), try field(42, 4))
    let nameLength = try field(28, 2)
    let headerSize = 46 + nameLength + (try field(30, 2)) + (try field(32, 2))
    guard header.count >= headerSize else { throw .truncated("the central directory") }
    guard header.littleEndian(at: 0, bytes: 4) == directorySignature else {
      throw .malformedArchive("the central directory has a header with a wrong signature")
    }
    let nameBytes = header.dropFirst(46).prefix(nameLength)
    let name = String(decoding: nameBytes, as: UTF8.self)
    guard flags & 1 == 0 else { throw .malformedArchive("the entry '\(name)' is encrypted") }
    guard method == 0 else { throw .compressed(entry: name) }
    guard size != 0xFFFF_FFFF, local != 0xFFFF_FFFF else {
      throw .malformedArchive("the entry '\(name)' is of ZIP64, 4 GB or more")
    }
    guard stored == size else { throw .malformedArchive("the entry '\(name)' is stored, but with two sizes") }
    let start = try contentStart(of: name, nameBytes, at: local, before: directory.lowerBound, of: bytes)
    guard size <= directory.lowerBound - start else { throw .truncated("the entry '\(name)'") }
    let entry = ZIPEntry(name: name, checksum: UInt32(checksum), content: start..<(start + size))
    return (entry, headerSize)
  }

  /// Where the content begins: after the local header (4.3.7), whose extra field may be longer than the directory's.
  private static func contentStart(
    of name: String, _ nameBytes: ArraySlice<UInt8>, at offset: Int, before limit: Int, of bytes: ArraySlice<UInt8>
  ) throws(NumPyError.Kind) -> Int {
    guard offset <= limit else { throw .malformedArchive("the entry '\(name)' lies outside the file") }
    let header = bytes[offset..<limit]
    guard let nameLength = header.littleEndian(at: 26, bytes: 2),
      let extraLength = header.littleEndian(at: 28, bytes: 2),
      header.count >= 30 + nameLength + extraLength
    else { throw .truncated("the header of the entry '\(name)'") }
    guard header.littleEndian(at: 0, bytes: 4) == localSignature,
      header.dropFirst(30).prefix(nameLength).elementsEqual(nameBytes)
    else { throw .malformedArchive("the entry '\(name)' is not where the central directory says") }
    return offset + 30 + nameLength + extraLength
  }

  static let localSignature = 0x0403_4b50
  static let directorySignature = 0x0201_4b50
  static let endSignature = 0x0605_4b50
}

/// The end of central directory record (4.3.16).
private struct EndRecord {
  var count: Int
  var directory: Range<Int>

  init(of bytes: ArraySlice<UInt8>) throws(NumPyError.Kind) {
    let size = 22
    // NumPy writes no comment, so the record is the file's last bytes; a signature found elsewhere is not searched for.
    let start = bytes.count - size
    let record = bytes.suffix(size)
    guard start >= 0, record.littleEndian(at: 0, bytes: 4) == ZIPEntry.endSignature,
      record.littleEndian(at: 20, bytes: 2) == 0,
      let disk = record.littleEndian(at: 4, bytes: 4),
      let countHere = record.littleEndian(at: 8, bytes: 2),
      let count = record.littleEndian(at: 10, bytes: 2),
      let length = record.littleEndian(at: 12, bytes: 4),
      let offset = record.littleEndian(at: 16, bytes: 4)
    else { throw .truncated("the archive: it does not end with a directory record") }
    guard disk == 0, countHere == count else { throw .malformedArchive("it is one of several volumes") }
    guard count != 0xFFFF, offset != 0xFFFF_FFFF else { throw .malformedArchive("it is of ZIP64, 4 GB or more") }
    guard offset + length == start else {
      throw .malformedArchive("the central directory is not where its record says")
    }
    self.count = count
    directory = offset..<start
  }
}
