/// One block of 512 bytes before an entry (POSIX.1-2017, pax, "ustar Interchange Format").
struct TarHeader {
  static let size = 512

  /// The letter or digit that says what the entry is.
  var type: UInt8
  /// How many bytes follow, without their padding.
  var size: Int
  /// Prefix and name.
  var name: [UInt8]

  /// Reads a block; nil if it is none: its checksum is not that of its bytes, or its size is no number.
  init?(_ block: [UInt8]) {
    guard block.count == Self.size, Self.hasRightChecksum(block) else { return nil }
    type = block[156]
    let magic = block[257..<265]
    var name = Self.text(block[0..<100])
    // GNU's own headers ("ustar  ") have other fields where POSIX has the prefix.
    if magic.starts(with: Array("ustar\0".utf8)) {
      let prefix = Self.text(block[345..<500])
      if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
    }
    self.name = name
    guard let size = Self.number(block[124..<136]) else { return nil }
    self.size = size
  }

  /// The sum of all bytes, those of the checksum itself taken for spaces. Some old programs added signed bytes.
  private static func hasRightChecksum(_ block: [UInt8]) -> Bool {
    guard let expected = number(block[148..<156]) else { return false }
    var (unsigned, signed) = (8 * 32, 8 * 32)
    for (offset, byte) in block.enumerated() where !(148..<156).contains(offset) {
      unsigned += Int(byte)
      signed += Int(Int8(bitPattern: byte))
    }
    return expected == unsigned || expected == signed
  }

  private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

  /// An octal number, or GNU's binary one with the first bit set; nil if it is neither, negative or beyond 2⁶².
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      guard first == 0x80 else { return nil }
      var value = 0
      for byte in field.dropFirst() {
        guard value < 1 << 54 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
    guard digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
    // At most twelve digits: 36 bits.
    return digits.reduce(0) { $0 << 3 | Int($1 & 7) }
  }
}
