/// Builds a ZIP archive of stored entries. All are dated 1980-01-01, so that the same contents give the same bytes.
struct ZIPWriter {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// Adds an entry.
  mutating func append(_ content: [UInt8], name: String) {
    let offset = bytes.count
    let size = UInt32(truncatingIfNeeded: content.count).littleEndianBytes
    // Version 2.0, names in UTF-8, stored, 00:00 on 1980-01-01, checksum, both sizes, length of the name, no extra field.
    let common: [UInt8] =
      [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0] + CRC32.checksum(of: content[...]).littleEndianBytes + size + size
      + UInt16(truncatingIfNeeded: name.utf8.count).littleEndianBytes + [0, 0]
    bytes += UInt32(ZIPEntry.localSignature).littleEndianBytes + common + Array(name.utf8) + content
    directory += UInt32(ZIPEntry.directorySignature).littleEndianBytes + [20, 0] + common
    directory += [UInt8](repeating: 0, count: 10) + UInt32(truncatingIfNeeded: offset).littleEndianBytes
    directory += Array(name.utf8)
    count += 1
  }

  /// The archive, or nil if it is too large for the format without ZIP64.
  func finished() -> [UInt8]? {
    guard bytes.count < 0xFFFF_FFFF, directory.count < 0xFFFF_FFFF, count < 0xFFFF else { return nil }
    let entries = UInt16(count).littleEndianBytes
    return bytes + directory + UInt32(ZIPEntry.endSignature).littleEndianBytes + [0, 0, 0, 0] + entries + entries
      + UInt32(directory.count).littleEndianBytes + UInt32(bytes.count).littleEndianBytes + [0, 0]
  }
}
