/// What all lines of Transfer-Encoding together say (RFC 9112 §6.1).
enum TransferEncoding: Sendable {
  /// `chunked` and nothing else.
  case chunked
  /// Codings that are not known, the last `chunked`: answered with 501 (RFC 9112 §6.1).
  case unsupported(Excerpt)
  /// Codings of which the last is not `chunked`, so that the end of the body is not known: 400 (RFC 9112 §6.3).
  case unfinished(Excerpt)
  /// No list of codings, `chunked` twice, or with a parameter, which it has none of (RFC 9112 §7): 400.
  ///
  /// Empty members of a list are among it, which RFC 9110 §5.6.1.2 would have ignored: what remains is one spelling of
  /// `chunked`, on which whoever is in front agrees (RFC 9112 §11.2).
  case faulty(Excerpt)

  /// Reads a line after those that were before it.
  init(_ value: UnsafeRawBufferPointer, after earlier: TransferEncoding?) {
    var result = earlier
    var start = 0
    while start <= value.count {
      let end = value[start...].firstIndex(of: UInt8(ascii: ",")) ?? value.count
      result = Self.next(value.bytes(start..<end).trimmed, after: result, in: value)
      start = end + 1
    }
    self = result ?? .faulty(Excerpt(value))
  }

  private static func next(
    _ member: UnsafeRawBufferPointer, after earlier: TransferEncoding?, in value: UnsafeRawBufferPointer
  ) -> TransferEncoding {
    let name = member.bytes(0..<(member.firstIndex(of: UInt8(ascii: ";")) ?? member.count)).trimmed
    let isChunked = name.matches("chunked")
    guard !name.isEmpty, name.allSatisfy(\.isTokenCharacter), !isChunked || member.count == name.count else {
      return .faulty(Excerpt(value))
    }
    return switch earlier {
    case nil: isChunked ? .chunked : .unfinished(Excerpt(value))
    // RFC 9112 §6.1: chunked MUST NOT be applied more than once, and MUST be last.
    case .chunked, .unsupported, .faulty: .faulty(Excerpt(value))
    case .unfinished: isChunked ? .unsupported(Excerpt(value)) : .unfinished(Excerpt(value))
    }
  }
}
