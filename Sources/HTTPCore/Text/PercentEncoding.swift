/// Percent-encoding (RFC 3986 §2.1).
public enum PercentEncoding {
  /// The text that is encoded; nil if a percent sign has no two hexadecimal digits after it, or if it is no UTF-8.
  public static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      guard byte == .percent else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.next()?.hexadecimalValue, let low = rest.next()?.hexadecimalValue else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Whether a percent sign at an index has its two digits.
  static func isTriplet(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
    index + 2 < bytes.count && bytes[index + 1].hexadecimalValue != nil && bytes[index + 2].hexadecimalValue != nil
  }

  /// Whether every percent sign has its two digits.
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < bytes.count {
      guard bytes[index] == .percent else {
        index += 1
        continue
      }
      guard isTriplet(bytes, at: index) else { return false }
      index += 3
    }
    return true
  }
}
