/// Reads the requests of a connection one after the other, however their bytes are cut (RFC 9112).
///
/// It keeps an unfinished line and what of the head was already read, never a body. Bytes are looked at once, so a client
/// gains nothing by sending them singly; and a request is refused at the first byte that makes it wrong.
public struct RequestParser: Sendable {
  /// What a request consists of.
  public enum Event: Sendable, Hashable {
    /// Its head; the first event of each request.
    case head(RequestHead)
    /// Bytes of its body, without the chunks' lines: a range of the input that was given.
    case body(Range<Int>)
    /// Its end, with the fields that followed a chunked body.
    case end(trailers: HeaderFields)
  }

  /// How far a request has come.
  public enum Stage: Sendable, Hashable {
    /// Not one byte of it is there. Empty lines before a request do not count.
    case between
    /// Its head has begun.
    case head
    /// Its head is there, its end is not.
    case body
  }

  /// How many empty lines before a request are skipped.
  static let emptyLineLimit = 4

  private enum State {
    case start(emptyLines: Int, afterCarriageReturn: Bool)
    case requestLine
    case field
    case headComplete
    case bytes(Int)
    case chunks
    case trailer
    case trailerComplete
    case failed(RequestError)
  }

  private let limits: HTTPLimits
  private var state = State.start(emptyLines: 0, afterCarriageReturn: false)
  /// The line that has begun in an earlier input.
  private var line: [UInt8] = []
  private var requestLine = RequestLineScanner()
  private var fieldLine = FieldLineScanner()
  private var chunks = ChunkScanner()
  private var head = HeadBuilder()
  private var trailers = HeaderFields()
  /// Bytes and number of the field lines of this head, or of this trailer.
  private var (fieldBytes, fieldCount) = (0, 0)

  /// After an error the method of the request whose head could not be read, if its request line could: an answer to HEAD has
  /// no content even then (RFC 9110 §9.3.2).
  public private(set) var refusedMethod: HTTPMethod?

  /// A parser at the start of a connection.
  public init(limits: HTTPLimits) { self.limits = limits }

  /// How far the request has come.
  public var stage: Stage {
    switch state {
    case .start, .failed: .between
    case .requestLine, .field, .headComplete: .head
    case .bytes, .chunks, .trailer, .trailerComplete: .body
    }
  }

  /// Reads on in `input` from `offset`, which moves behind what was read.
  ///
  /// - Returns: what has come; nil if all of the input was taken and more is needed.
  /// - Throws: ``RequestError``, and the same again from then on.
  public mutating func next(
    in input: UnsafeRawBufferPointer, from offset: inout Int
  ) throws(RequestError) -> Event? {
    do throws(RequestError) {
      return try advance(in: input, from: &offset)
    } catch {
      let method = refusedMethod ?? currentMethod
      self = RequestParser(limits: limits)
      (state, refusedMethod) = (.failed(error), method)
      throw error
    }
  }

  /// The method of the request whose head is being read, once its request line is there.
  private var currentMethod: HTTPMethod? {
    switch state {
    case .field, .headComplete: head.method
    case .start, .requestLine, .bytes, .chunks, .trailer, .trailerComplete, .failed: nil
    }
  }

  private mutating func advance(
    in input: UnsafeRawBufferPointer, from offset: inout Int
  ) throws(RequestError) -> Event? {
    while true {
      switch state {
      case .start(let emptyLines, let afterCarriageReturn):
        guard offset < input.count else { return nil }
        try start(input[offset], emptyLines, afterCarriageReturn)
        if case .start = state { offset += 1 }
      case .requestLine, .field, .trailer:
        guard try readLine(in: input, from: &offset) else { return nil }
      case .headComplete:
        let head = try head.finish(limits: limits)
        self.head = HeadBuilder()
        switch head.framing {
        // RFC 9112 §6.3: a request without Content-Length and Transfer-Encoding has no body.
        case .none: state = .bytes(0)
        case .length(let length): state = .bytes(length)
        case .chunked: (state, chunks) = (.chunks, ChunkScanner())
        }
        return .head(head)
      case .bytes(0): return end()
      case .bytes(let missing):
        guard offset < input.count else { return nil }
        let range = offset..<(offset + min(missing, input.count - offset))
        offset = range.upperBound
        state = .bytes(missing - range.count)
        return .body(range)
      case .chunks:
        switch try chunks.next(in: input, from: &offset, limits: limits) {
        case nil: return nil
        case .bytes(let range): return .body(range)
        case .last: (state, fieldLine, fieldBytes, fieldCount) = (.trailer, FieldLineScanner(), 0, 0)
        }
      case .trailerComplete: return end()
      case .failed(let error): throw error
      }
    }
  }

  /// Skips the empty lines before a request, as RFC 9112 §2.2 says a server SHOULD, but not any number of them.
  private mutating func start(
    _ byte: UInt8, _ emptyLines: Int, _ afterCarriageReturn: Bool
  ) throws(RequestError) {
    switch (byte, afterCarriageReturn) {
    case (.lineFeed, true): state = .start(emptyLines: emptyLines + 1, afterCarriageReturn: false)
    case (_, true): throw .bareCarriageReturn(.emptyLine)
    case (.lineFeed, false): throw .bareLineFeed(.emptyLine)
    case (.carriageReturn, false):
      guard emptyLines < Self.emptyLineLimit else { throw .emptyLines(limit: Self.emptyLineLimit) }
      state = .start(emptyLines: emptyLines, afterCarriageReturn: true)
    default: (state, requestLine) = (.requestLine, RequestLineScanner())
    }
  }

  /// The end of a request, after which the next may begin.
  private mutating func end() -> Event {
    var trailers = HeaderFields()
    swap(&trailers, &self.trailers)
    state = .start(emptyLines: 0, afterCarriageReturn: false)
    return .end(trailers: trailers)
  }

  // MARK: - Lines

  /// Reads a line, in place if all of it is in the input; whether it has ended.
  private mutating func readLine(
    in input: UnsafeRawBufferPointer, from offset: inout Int
  ) throws(RequestError) -> Bool {
    let rest = input.bytes(offset..<input.count)
    if line.isEmpty {
      if let length = try takeLine(rest) {
        offset += length
        return true
      }
      // It has not ended, so it is within the limits.
      line.append(contentsOf: rest)
      offset = input.count
      return false
    }
    // A line of more bytes than this is refused, so no more of it has to be kept.
    let limit = limits.targetBytes + limits.fieldBytes + RequestLineScanner.methodLimit
    let added = rest.firstIndex(of: .lineFeed).map { $0 + 1 } ?? rest.count
    line.append(contentsOf: rest.bytes(0..<min(added, limit)))
    var line: [UInt8] = []
    swap(&line, &self.line)
    let length = try line.withUnsafeBufferPointer { bytes throws(RequestError) in
      try takeLine(UnsafeRawBufferPointer(bytes))
    }
    offset += added
    guard length == nil else { return true }
    swap(&line, &self.line)
    return false
  }

  /// Takes a line of which these bytes are there and, if it ends among them, returns its length.
  private mutating func takeLine(_ bytes: UnsafeRawBufferPointer) throws(RequestError) -> Int? {
    guard case .requestLine = state else { return try takeFieldLine(bytes) }
    guard let length = try requestLine.scan(bytes, targetLimit: limits.targetBytes) else { return nil }
    head = try HeadBuilder(bytes.bytes(0..<length), requestLine)
    (state, fieldLine, fieldBytes, fieldCount) = (.field, FieldLineScanner(), 0, 0)
    return length
  }

  private mutating func takeFieldLine(_ bytes: UnsafeRawBufferPointer) throws(RequestError) -> Int? {
    guard let first = bytes.first else { return nil }
    let isTrailer = if case .trailer = state { true } else { false }
    // RFC 9112 §2.2: such a line is refused, or skipped; but the next hop may have read it as a field.
    if first.isSpaceOrTab, fieldCount == 0, !isTrailer { throw .spaceBeforeFields }
    guard fieldCount < limits.fieldCount || first == .carriageReturn else {
      throw .tooManyFields(limit: limits.fieldCount)
    }
    let length = try fieldLine.scan(bytes, limit: limits.fieldBytes - fieldBytes, errorLimit: limits.fieldBytes)
    guard let length else { return nil }
    guard !fieldLine.isEmpty else {
      state = isTrailer ? .trailerComplete : .headComplete
      return length
    }
    let name = bytes.bytes(0..<fieldLine.nameEnd)
    // RFC 9112 §5.1: white space around the value is no part of it.
    let value = bytes.bytes((fieldLine.nameEnd + 1)..<(length - 2)).trimmed
    if isTrailer {
      takeTrailer(name: name.text, value: value.text)
    } else {
      try head.append(name: name, value: value)
    }
    fieldBytes += length
    fieldCount += 1
    fieldLine = FieldLineScanner()
    return length
  }

  /// Takes a trailer field, or drops it if it must not come as one: fields for framing, routing, request modifiers,
  /// authentication and the content's format (RFC 9110 §6.5.1). Trailers are never merged into the head (§6.5.2).
  private mutating func takeTrailer(name: String, value: String) {
    let lowercased = name.lowercased()
    let isDropped =
      lowercased.hasPrefix("content-") || lowercased.hasPrefix("if-") || Self.droppedTrailers.contains(lowercased)
    if !isDropped { trailers.append(name, value) }
  }

  private static let droppedTrailers: Set<String> = [
    "authorization", "cache-control", "connection", "cookie", "expect", "forwarded", "host", "keep-alive",
    "max-forwards", "pragma", "proxy-authorization", "range", "te", "trailer", "transfer-encoding", "upgrade", "via",
  ]
}
