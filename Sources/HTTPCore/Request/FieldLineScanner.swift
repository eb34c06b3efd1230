/// Checks a field line byte by byte (RFC 9112 §5), however it is cut: `field-name ":" OWS field-value OWS CRLF`, or the
/// empty line after the last.
struct FieldLineScanner: Sendable {
  private enum Part { case start, name, value, lineFeed, emptyLine }

  private var part = Part.start
  /// The first byte that has not been checked.
  private var position = 0
  /// Where the name ends: at the colon.
  private(set) var nameEnd = 0

  /// Whether the line is the empty one.
  var isEmpty: Bool { part == .emptyLine }

  /// Goes on with a line of which more is there than the last time.
  ///
  /// - Parameter limit: how many bytes it may have, its CRLF included; an empty line may always stand.
  /// - Returns: where the line ends, its CRLF included; nil if it does not end yet, and then it has at most `limit` bytes.
  /// - Throws: ``RequestError/foldedLine`` for white space at the start; the caller knows whether it is the first line.
  mutating func scan(_ bytes: UnsafeRawBufferPointer, limit: Int, errorLimit: Int) throws(RequestError) -> Int? {
    guard bytes.count > 0 else { return nil }
    if bytes[0] == .carriageReturn {
      guard bytes.count > 1 else { return nil }
      guard bytes[1] == .lineFeed else { throw .bareCarriageReturn(.field) }
      part = .emptyLine
      return 2
    }
    // What lies beyond the limit is not looked at, so that the first error is the same however the bytes are cut.
    let line = bytes.bytes(0..<min(bytes.count, limit))
    if let end = try scan(line) { return end }
    guard bytes.count <= limit else { throw .fieldsTooLarge(limit: errorLimit) }
    return nil
  }

  private mutating func scan(_ line: UnsafeRawBufferPointer) throws(RequestError) -> Int? {
    var position = position
    defer { self.position = position }
    if part == .start {
      guard let first = line.first else { return nil }
      // RFC 9112 §5.2: a server MUST refuse obs-fold or replace it; §2.2: the same for the line after the start line.
      guard !first.isSpaceOrTab else { throw .foldedLine }
      guard first != .colon else { throw .emptyFieldName }
      part = .name
    }
    if part == .name {
      while true {
        guard position < line.count else { return nil }
        let byte = line[position]
        if byte == .colon { break }
        guard byte.isTokenCharacter else { throw Self.error(byte, after: line.bytes(0..<position)) }
        position += 1
      }
      nameEnd = position
      position += 1
      part = .value
    }
    if part == .value {
      position = Self.skipValue(line, from: position)
      guard position < line.count else { return nil }
      let byte = line[position]
      guard byte == .carriageReturn else {
        if byte == .lineFeed { throw .bareLineFeed(.field) }
        throw .fieldValueByte(byte, name: Excerpt(line.bytes(0..<nameEnd)))
      }
      position += 1
      part = .lineFeed
    }
    guard position < line.count else { return nil }
    // RFC 9112 §2.2: a bare CR is invalid, or to be replaced; RFC 9110 §5.5 the same for one in a value.
    guard line[position] == .lineFeed else { throw .bareCarriageReturn(.field) }
    position += 1
    return position
  }

  private static func error(_ byte: UInt8, after name: UnsafeRawBufferPointer) -> RequestError {
    switch byte {
    // RFC 9112 §5.1: a server MUST refuse white space between the name and the colon with 400.
    case .space, .tab: .spaceBeforeColon(name: Excerpt(name))
    case .carriageReturn: .missingColon(Excerpt(name))
    case .lineFeed: .bareLineFeed(.field)
    default: .fieldNameByte(byte, name: Excerpt(name))
    }
  }

  /// The first byte from `position` on that cannot stand in a value, or the end. Eight bytes at a time, as values are long.
  @inline(__always) private static func skipValue(_ line: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    let (ones, high): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    while position + 8 <= line.count {
      let word = line.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      // A byte below 0x20 borrows from its high bit; a DEL becomes zero first, and then does the same.
      let controls = (word &- (ones &* 0x20)) & ~word & high
      let masked = word ^ (ones &* 0x7f)
      let deletes = (masked &- ones) & ~masked & high
      let found = controls | deletes
      if found == 0 {
        position += 8
        continue
      }
      // Bits above the lowest may be false, set by its borrow; the lowest is right, as the order of bytes is little-endian.
      position += UInt64(littleEndian: found).trailingZeroBitCount / 8
      guard line[position] == .tab else { return position }
      position += 1
    }
    while position < line.count, line[position].isFieldValueCharacter { position += 1 }
    return position
  }
}
