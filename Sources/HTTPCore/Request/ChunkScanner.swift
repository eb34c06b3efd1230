/// Reads a chunked body up to its last chunk (RFC 9112 §7.1). Keeps no bytes, only numbers.
struct ChunkScanner: Sendable {
  /// As many as the largest 64-bit number has. Leading zeros count.
  static let digitLimit = 16

  /// A piece of a body.
  enum Piece {
    /// A range of the input.
    case bytes(Range<Int>)
    /// The last chunk's line is over, the trailer begins.
    case last
  }

  private enum State {
    case size(digits: Int, value: Int)
    /// Within the chunk extensions.
    case chunkExtension(ChunkExtension, size: Int)
    /// After the line's carriage return.
    case lineFeed(size: Int)
    case data(Int)
    case dataCarriageReturn
    case dataLineFeed
  }

  private var state = State.size(digits: 0, value: 0)
  private var received = 0
  private var extensionBytes = 0

  /// The next piece; nil if all of the input was read and more is needed.
  mutating func next(
    in input: UnsafeRawBufferPointer, from offset: inout Int, limits: HTTPLimits
  ) throws(RequestError) -> Piece? {
    while offset < input.count {
      if case .data(let size) = state {
        let range = offset..<(offset + min(size, input.count - offset))
        offset = range.upperBound
        state = range.count == size ? .dataCarriageReturn : .data(size - range.count)
        return .bytes(range)
      }
      let byte = input[offset]
      offset += 1
      if try take(byte, limits: limits) { return .last }
    }
    return nil
  }

  /// Takes a byte that is not a chunk's; whether it was the last of the last chunk's line.
  private mutating func take(_ byte: UInt8, limits: HTTPLimits) throws(RequestError) -> Bool {
    switch state {
    case .size(let digits, let value):
      if let digit = byte.hexadecimalValue {
        // RFC 9112 §7.1: a recipient MUST anticipate large numerals and prevent overflows.
        guard digits < Self.digitLimit, value <= Int.max >> 4 else {
          throw .chunkSizeTooLong(digits: Self.digitLimit)
        }
        state = .size(digits: digits + 1, value: value << 4 | Int(digit))
        return false
      }
      guard byte != .lineFeed else { throw .bareLineFeed(.chunkLine) }
      guard digits > 0 else { throw .chunkSize(byte) }
      guard byte == .carriageReturn || byte.isSpaceOrTab || byte == UInt8(ascii: ";") else { throw .chunkSize(byte) }
      guard value <= limits.bodyBytes - received else { throw .bodyTooLarge(limit: limits.bodyBytes) }
      received += value
      if byte == .carriageReturn {
        state = .lineFeed(size: value)
      } else {
        state = .chunkExtension(ChunkExtension(), size: value)
        return try takeExtension(byte, limits: limits)
      }
    case .chunkExtension: return try takeExtension(byte, limits: limits)
    case .lineFeed(let size):
      guard byte == .lineFeed else { throw .bareCarriageReturn(.chunkLine) }
      guard size > 0 else { return true }
      state = .data(size)
    case .data: preconditionFailure("a chunk's bytes are not taken one by one")
    case .dataCarriageReturn:
      // RFC 9112 §7.1: chunk-data is followed by CRLF, and nothing is skipped to find it.
      guard byte == .carriageReturn else { throw .chunkEnd(byte) }
      state = .dataLineFeed
    case .dataLineFeed:
      guard byte == .lineFeed else { throw .chunkEnd(byte) }
      state = .size(digits: 0, value: 0)
    }
    return false
  }

  /// RFC 9112 §7.1.1: extensions that are not known MUST be ignored, and their total length SHOULD be limited.
  private mutating func takeExtension(_ byte: UInt8, limits: HTTPLimits) throws(RequestError) -> Bool {
    guard case .chunkExtension(var grammar, let size) = state else { return false }
    guard byte != .lineFeed else { throw .bareLineFeed(.chunkLine) }
    if byte == .carriageReturn, grammar.canEnd {
      state = .lineFeed(size: size)
      return false
    }
    extensionBytes += 1
    guard extensionBytes <= limits.chunkExtensionBytes else {
      throw .chunkExtensionsTooLong(limit: limits.chunkExtensionBytes)
    }
    guard grammar.take(byte) else { throw .chunkExtension(byte) }
    state = .chunkExtension(grammar, size: size)
    return false
  }
}
