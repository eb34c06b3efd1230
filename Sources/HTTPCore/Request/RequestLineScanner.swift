/// Checks a request line byte by byte (RFC 9112 §3), however it is cut: `method SP request-target SP HTTP-version CRLF`.
///
/// Nothing more lenient is taken: RFC 9112 §3 lets a recipient split the line at any white space, and warns of the
/// holes that this tears open.
struct RequestLineScanner: Sendable {
  /// Longer than any registered method (UPDATEREDIRECTREF has 17 letters).
  static let methodLimit = 32

  private enum Part { case method, target, version }
  private static let version: StaticString = "HTTP/"

  private var part = Part.method
  /// The first byte that has not been checked.
  private var position = 0
  /// Where the method ends.
  private(set) var methodEnd = 0
  /// Where the target ends.
  private(set) var targetEnd = 0

  /// Goes on with a line of which more is there than the last time.
  ///
  /// - Returns: where the line ends, its CRLF included; nil if it does not end yet.
  mutating func scan(_ line: UnsafeRawBufferPointer, targetLimit: Int) throws(RequestError) -> Int? {
    var position = position
    defer { self.position = position }
    if part == .method {
      while true {
        guard position < line.count else { return nil }
        let byte = line[position]
        if byte == .space, position > 0 { break }
        guard byte.isTokenCharacter else {
          if byte == .lineFeed { throw .bareLineFeed(.requestLine) }
          throw .methodByte(byte)
        }
        // RFC 9112 §3: a method longer than any that is implemented SHOULD be answered with 501.
        guard position < Self.methodLimit else { throw .methodTooLong(limit: Self.methodLimit) }
        position += 1
      }
      methodEnd = position
      position += 1
      part = .target
    }
    if part == .target {
      while true {
        guard position < line.count else { return nil }
        let byte = line[position]
        if byte == .space { break }
        guard byte.isTargetCharacter else {
          // Without a version: HTTP/0.9, or a line that something has cut.
          if byte == .carriageReturn { throw .version(Excerpt([])) }
          if byte == .lineFeed { throw .bareLineFeed(.requestLine) }
          throw .targetByte(byte)
        }
        // RFC 9112 §3: a target longer than what can be parsed MUST be answered with 414.
        guard position - methodEnd <= targetLimit else { throw .targetTooLong(limit: targetLimit) }
        position += 1
      }
      guard position > methodEnd + 1 else { throw .target(.empty, Excerpt([])) }
      targetEnd = position
      position += 1
      part = .version
    }
    // RFC 9112 §2.3: HTTP-version = "HTTP" "/" DIGIT "." DIGIT, in capital letters.
    while position < line.count {
      let byte = line[position]
      let index = position - targetEnd - 1
      let isRight =
        switch index {
        case 0..<5: byte == Self.version.utf8Start[index]
        case 6: byte == 0x2e
        case 5, 7: byte.isDigit
        case 8: byte == .carriageReturn
        default: byte == .lineFeed
        }
      guard isRight else {
        if index == 9 { throw .bareCarriageReturn(.requestLine) }
        if byte == .lineFeed { throw .bareLineFeed(.requestLine) }
        throw .version(Excerpt(line.bytes((targetEnd + 1)..<(position + 1))))
      }
      position += 1
      if index == 9 { return position }
    }
    return nil
  }
}
