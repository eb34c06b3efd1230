/// Reads what several fields' values are made of: tokens, quoted strings, parameters, white space (RFC 9110 §5.6).
struct TextScanner {
  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  /// A scanner at the start of a text.
  init(_ text: String) { self.init(Array(text.utf8)[...]) }

  /// A scanner at the start of bytes.
  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Whether nothing is left.
  var isAtEnd: Bool { position == bytes.endIndex }

  /// The next byte, which stays.
  var next: UInt8? { isAtEnd ? nil : bytes[position] }

  /// Takes a byte if it is the next.
  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  /// Takes a character of ASCII if it is the next.
  mutating func take(_ character: Unicode.Scalar) -> Bool { take(UInt8(ascii: character)) }

  /// Skips spaces and tabs (OWS, RFC 9110 §5.6.3).
  mutating func skipSpace() { while let byte = next, byte.isSpaceOrTab { position += 1 } }

  /// Takes a token of at least one character (RFC 9110 §5.6.2).
  mutating func token() -> String? {
    let start = position
    while let byte = next, byte.isTokenCharacter { position += 1 }
    return start == position ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Takes a quoted string, and gives what it quotes (RFC 9110 §5.6.4); nil if it has no end, or is no UTF-8.
  mutating func quotedString() -> String? {
    guard take(.quote) else { return nil }
    var quoted: [UInt8] = []
    while let byte = next, byte.isFieldValueCharacter {
      position += 1
      switch byte {
      case .quote: return String(validating: quoted, as: UTF8.self)
      case .backslash:
        guard let escaped = next, escaped.isFieldValueCharacter else { return nil }
        position += 1
        quoted.append(escaped)
      default: quoted.append(byte)
      }
    }
    return nil
  }

  /// Takes all parameters up to the end: `*( OWS ";" OWS [ name "=" ( token / quoted-string ) ] )` (RFC 9110 §5.6.6), the
  /// names in small letters.
  ///
  /// - Returns: nil if that is not all there is, or if a name comes twice: which of them counted would be a guess.
  mutating func parameters() -> [Parameter]? {
    var parameters: [Parameter] = []
    var names: Set<String> = []
    while true {
      skipSpace()
      guard !isAtEnd else { return parameters }
      guard take(";") else { return nil }
      skipSpace()
      guard !isAtEnd, next != UInt8(ascii: ";") else { continue }
      guard let name = token()?.lowercased(), take("="), names.insert(name).inserted else { return nil }
      guard let value = next == .quote ? quotedString() : token() else { return nil }
      parameters.append(Parameter(name: name, value: value))
    }
  }
}
