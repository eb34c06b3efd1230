import HTTPCore

/// What came of feeding bytes to a parser: its events, the body's bytes in place of their ranges, and the error at the end.
struct Reading: Equatable {
  /// One event, however the bytes were cut.
  enum Event: Equatable {
    case head(RequestHead)
    case body([UInt8])
    case end(HeaderFields)
  }

  var events: [Event] = []
  var error: RequestError?
  /// How far the request has come after all.
  var stage = RequestParser.Stage.between

  var heads: [RequestHead] { events.compactMap { if case .head(let head) = $0 { head } else { nil } } }
  var bodies: [[UInt8]] { events.compactMap { if case .body(let bytes) = $0 { bytes } else { nil } } }
  var ends: [HeaderFields] { events.compactMap { if case .end(let trailers) = $0 { trailers } else { nil } } }

  /// Feeds pieces one after the other, each in memory of its own that ends where the piece does, so that Address Sanitizer
  /// sees a byte that is read beyond it.
  init(_ pieces: some Sequence<ArraySlice<UInt8>>, limits: HTTPLimits = HTTPLimits()) {
    var parser = RequestParser(limits: limits)
    feeding: for piece in pieces {
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
      defer { memory.deallocate() }
      memory.copyBytes(from: piece)
      let input = UnsafeRawBufferPointer(memory)
      var offset = 0
      do throws(RequestError) {
        while let event = try parser.next(in: input, from: &offset) { append(event, input) }
        precondition(offset == input.count, "\(input.count - offset) bytes were left")
      } catch {
        self.error = error
        break feeding
      }
    }
    stage = parser.stage
  }

  private mutating func append(_ event: RequestParser.Event, _ input: UnsafeRawBufferPointer) {
    switch event {
    case .head(let head): events.append(.head(head))
    case .end(let trailers): events.append(.end(trailers))
    case .body(let range):
      if case .body(let earlier) = events.last {
        events[events.count - 1] = .body(earlier + input[range])
      } else {
        events.append(.body(Array(input[range])))
      }
    }
  }

  /// All at once.
  init(_ text: String, limits: HTTPLimits = HTTPLimits()) { self.init(whole: Array(text.utf8), limits: limits) }

  /// All at once.
  init(whole bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) { self.init([bytes[...]], limits: limits) }

  /// In pieces of one size.
  init(_ bytes: [UInt8], step: Int, limits: HTTPLimits = HTTPLimits()) {
    let starts = stride(from: 0, to: bytes.count, by: step)
    self.init(starts.map { bytes[$0..<min($0 + step, bytes.count)] }, limits: limits)
  }

  /// In two pieces.
  init(_ bytes: [UInt8], splitAt index: Int, limits: HTTPLimits = HTTPLimits()) {
    self.init([bytes[..<index], bytes[index...]], limits: limits)
  }
}
