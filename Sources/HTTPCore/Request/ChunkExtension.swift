/// The grammar `*( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )` (RFC 9112 §7.1.1).
///
/// White space may stand where BWS does, which a recipient MUST take (RFC 9110 §5.6.3), but not before the line's end.
struct ChunkExtension: Sendable {
  private enum State { case semicolon, nameStart, name, afterName, valueStart, value, quoted, escaped, afterQuoted }
  private var state = State.semicolon

  /// Whether the line may end here.
  var canEnd: Bool { state == .name || state == .value || state == .afterQuoted }

  /// Whether the byte can stand here.
  mutating func take(_ byte: UInt8) -> Bool {
    let (semicolon, equals) = (UInt8(ascii: ";"), UInt8(ascii: "="))
    switch (state, byte) {
    case (.semicolon, .space), (.semicolon, .tab), (.nameStart, .space), (.nameStart, .tab), (.valueStart, .space),
      (.valueStart, .tab), (.afterName, .space), (.afterName, .tab):
      break
    case (.name, .space), (.name, .tab): state = .afterName
    case (.value, .space), (.value, .tab), (.afterQuoted, .space), (.afterQuoted, .tab): state = .semicolon
    case (.semicolon, semicolon), (.name, semicolon), (.afterName, semicolon), (.value, semicolon),
      (.afterQuoted, semicolon):
      state = .nameStart
    case (.name, equals), (.afterName, equals): state = .valueStart
    case (.nameStart, _) where byte.isTokenCharacter: state = .name
    case (.name, _) where byte.isTokenCharacter: break
    case (.valueStart, .quote): state = .quoted
    case (.valueStart, _) where byte.isTokenCharacter: state = .value
    case (.value, _) where byte.isTokenCharacter: break
    case (.quoted, .quote): state = .afterQuoted
    case (.quoted, .backslash): state = .escaped
    case (.quoted, _) where byte.isFieldValueCharacter: break
    case (.escaped, _) where byte.isFieldValueCharacter: state = .quoted
    default: return false
    }
    return true
  }
}
