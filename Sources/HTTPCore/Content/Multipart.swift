internal import Glibc

/// The parts of a body of multipart/form-data (RFC 7578, RFC 2046 §5.1).
///
/// What could be read in two ways is refused: a line that starts with the boundary but is none, a part without a name, a
/// name that is given twice, line ends of another kind. What comes before the first boundary and behind the last is ignored,
/// as RFC 2046 §5.1.1 asks. The time taken grows with the number of bytes, whatever they are.
public struct Multipart: Sendable {
  /// How large a body's parts may be, besides the body itself.
  public struct Limits: Sendable, Hashable {
    /// Parts.
    public var parts = 64
    /// Bytes of a part's field lines.
    public var fieldBytes = 4 << 10
    /// A part's field lines.
    public var fieldCount = 16

    /// The defaults.
    public init() {}
  }

  /// One field of a form.
  public struct Part: Sendable, Hashable {
    /// The form's name for it.
    public let name: String
    /// The file's name, as its sender says it: nothing to open a file with.
    public let fileName: String?
    /// Nil if the part does not say; then it is text/plain (RFC 7578 §4.4).
    public let contentType: MediaType?
    /// Its bytes, within the whole body.
    public let body: ArraySlice<UInt8>
  }

  /// In the order in which they stand.
  public let parts: [Part]

  /// Reads a body.
  ///
  /// - Parameter type: the content type, which names the boundary.
  public init(_ body: [UInt8], type: MediaType, limits: Limits = Limits()) throws(MultipartError) {
    guard type.essence == "multipart/form-data" else { throw .mediaType(type.essence) }
    guard let boundary = type["boundary"] else { throw .missingBoundary }
    try self.init(body, boundary: boundary, limits: limits)
  }

  /// Reads a body whose boundary is known.
  public init(_ body: [UInt8], boundary: String, limits: Limits = Limits()) throws(MultipartError) {
    let boundary = Array(boundary.utf8)
    guard (1...70).contains(boundary.count), boundary.allSatisfy(Self.isBoundaryCharacter), boundary.last != .space
    else { throw .boundary(Excerpt(boundary)) }
    let delimiter = [.carriageReturn, .lineFeed, UInt8(ascii: "-"), UInt8(ascii: "-")] + boundary
    let isAtStart = body.starts(with: delimiter[2...])
    guard var position = isAtStart ? delimiter.count - 2 : Self.firstIndex(of: delimiter, in: body, from: 0)?.end else {
      throw .noParts
    }
    var parts: [Part] = []
    while let start = try Self.afterBoundary(body, position, part: parts.count) {
      guard parts.count < limits.parts else { throw .tooManyParts(limit: limits.parts) }
      var head = PartHead(number: parts.count + 1)
      // The delimiter's own line end may be the one that ends an empty field section (RFC 2046 §5.1.1, body-part).
      let content = try head.read(body, from: start, limits: limits)
      guard let end = Self.firstIndex(of: delimiter, in: body, from: content - 2) else {
        throw .unfinished(parts: parts.count + 1)
      }
      parts.append(try head.part(body: body[content..<max(content, end.start)]))
      position = end.end
    }
    self.parts = parts
  }

  /// The first part with a name.
  public subscript(name: String) -> Part? { parts.first { $0.name == name } }

  /// Where the line of a boundary, which ends at `position`, ends itself; nil if it is the last boundary.
  private static func afterBoundary(
    _ body: [UInt8], _ position: Int, part: Int
  ) throws(MultipartError) -> Int? {
    var rest = body[position...]
    let isLast = rest.starts(with: "--".utf8)
    if isLast { rest = rest.dropFirst(2) }
    // RFC 2046 §5.1.1, transport-padding: composers MUST NOT write it, but receivers MUST take it.
    rest = rest.drop(while: \.isSpaceOrTab)
    if rest.starts(with: [.carriageReturn, .lineFeed]) { return isLast ? nil : rest.startIndex + 2 }
    guard !rest.isEmpty else {
      if isLast { return nil }
      throw .unfinished(parts: part + 1)
    }
    // RFC 2046 §5.1.1: the boundary must not appear in a part, and a line that starts with it is already one. Some readers
    // take such a line for content; nobody must.
    throw .afterBoundary(Excerpt(body[position...].prefix { $0 != .carriageReturn && $0 != .lineFeed }))
  }

  /// Where a delimiter is first found. It starts with a carriage return and has no other, so that after a mismatch the search
  /// goes on behind what has matched.
  private static func firstIndex(
    of delimiter: [UInt8], in body: [UInt8], from start: Int
  ) -> (start: Int, end: Int)? {
    body.withUnsafeBytes { body in
      delimiter.withUnsafeBytes { delimiter in
        var position = start
        while position + delimiter.count <= body.count {
          guard let found = memchr(body.baseAddress! + position, 0x0d, body.count - position) else { return nil }
          position = UnsafeRawPointer(found) - body.baseAddress!
          var matched = 1
          while matched < delimiter.count, position + matched < body.count,
            body[position + matched] == delimiter[matched]
          { matched += 1 }
          if matched == delimiter.count { return (position, position + matched) }
          position += matched
        }
        return nil
      }
    }
  }

  /// `bchars` (RFC 2046 §5.1.1).
  private static func isBoundaryCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x27...0x29, 0x2b...0x2f, 0x3a, 0x3d, 0x3f, 0x5f: true
    default: byte.isDigit || byte.isLetter
    }
  }
}
