extension ArraySlice<UInt8> {
  /// An unsigned little-endian number of up to seven bytes at `offset` from the start, or nil if they are not all there.
  func littleEndian(at offset: Int, bytes width: Int) -> Int? {
    guard offset >= 0, offset <= count - width else { return nil }
    return self[(startIndex + offset)..<(startIndex + offset + width)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

extension FixedWidthInteger {
  /// The number as a file stores it.
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
