/// The bytes that HTTP's grammar is made of, and the classes it sorts them into.
extension UInt8 {
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0a
  static let carriageReturn: UInt8 = 0x0d
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let backslash: UInt8 = 0x5c
  static let colon: UInt8 = 0x3a
  static let slash: UInt8 = 0x2f
  static let percent: UInt8 = 0x25

  /// A space or a tab, of which optional white space consists (RFC 9110 §5.6.3).
  @inline(__always) var isSpaceOrTab: Bool { self == .space || self == .tab }

  @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }

  @inline(__always) var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

  /// ASCII's capital letters as small ones, all else as it is.
  @inline(__always) var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

  /// The value of a hexadecimal digit, or nil.
  @inline(__always) var hexadecimalValue: UInt8? {
    if isDigit { return self &- 0x30 }
    let letter = (self | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
  }

  /// What a token consists of (RFC 9110 §5.6.2).
  @inline(__always) var isTokenCharacter: Bool {
    switch self {
    case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x30...0x39, 0x41...0x5a, 0x5e...0x7a, 0x7c, 0x7e: true
    default: false
    }
  }

  /// What a field's value consists of, white space included (RFC 9110 §5.5): visible ASCII, and obs-text.
  @inline(__always) var isFieldValueCharacter: Bool { self >= 0x20 && self != 0x7f || self == .tab }

  /// RFC 3986 §2.3.
  @inline(__always) var isUnreserved: Bool {
    isLetter || isDigit || self == 0x2d || self == 0x2e || self == 0x5f || self == 0x7e
  }

  /// RFC 3986 §2.2: `!$&'()*+,;=`.
  @inline(__always) var isSubDelimiter: Bool {
    switch self {
    case 0x21, 0x24, 0x26...0x2c, 0x3b, 0x3d: true
    default: false
    }
  }

  /// What a request's target may consist of: the characters of a path and a query (RFC 3986 §3.3, §3.4), the percent sign
  /// included, and the brackets of an IPv6 address in the absolute form.
  @inline(__always) var isTargetCharacter: Bool {
    switch self {
    case 0x21, 0x24...0x3b, 0x3d, 0x3f...0x5b, 0x5d, 0x5f, 0x61...0x7a, 0x7e: true
    default: false
    }
  }
}

extension UnsafeRawBufferPointer {
  /// These bytes, which the new pointer starts with. The caller knows that they are there.
  @inline(__always) func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[range])
  }

  /// Whether these are the letters of an ASCII text, which is written small, without regard to case.
  func matches(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for index in 0..<count where self[index].lowercased != text.utf8Start[index] { return false }
    return true
  }

  /// Without the spaces and tabs at both ends (RFC 9110 §5.6.3).
  var trimmed: UnsafeRawBufferPointer {
    var (start, end) = (0, count)
    while start < end, self[start].isSpaceOrTab { start += 1 }
    while end > start, self[end - 1].isSpaceOrTab { end -= 1 }
    return bytes(start..<end)
  }

  /// Text in UTF-8; in ISO 8859-1 if it is not that (RFC 9110 §5.5), so that no two values become the same.
  var text: String {
    var nonASCII: UInt8 = 0
    for byte in self { nonASCII |= byte }
    // Nearly always. The initialiser that validates looks up its generic types at each call, which takes longer than this.
    if nonASCII < 0x80 { return String(decoding: self, as: UTF8.self) }
    if let text = String(validating: self, as: UTF8.self) { return text }
    var text = ""
    for byte in self { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
  }
}
