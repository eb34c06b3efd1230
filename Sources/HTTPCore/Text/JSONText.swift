/// JSON's strings (RFC 8259 §7).
public enum JSONText {
  /// Appends a string in quotation marks, escaped where it must be; it stays UTF-8.
  public static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(.quote)
    for byte in text.utf8 {
      switch byte {
      case .quote, .backslash: bytes += [.backslash, byte]
      case .lineFeed: bytes += [.backslash, UInt8(ascii: "n")]
      case .carriageReturn: bytes += [.backslash, UInt8(ascii: "r")]
      case .tab: bytes += [.backslash, UInt8(ascii: "t")]
      case 0..<0x20:
        bytes += [.backslash, UInt8(ascii: "u"), 0x30, 0x30, 0x30 + byte >> 4, hexadecimalDigits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(.quote)
  }

  /// The string in quotation marks.
  public static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let hexadecimalDigits = Array("0123456789abcdef".utf8)
}
