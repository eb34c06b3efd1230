import HTTPCore

/// Any bytes are requests or an error, and the same however they are cut; what is accepted is within the limits and can be
/// written into a response without splitting it.
///
/// The first byte says how the rest is cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequestParsing(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  let input = bytes[1...]
  let whole = Reading([input])
  let step = 1 + Int(bytes[0]) % 32
  let pieces = stride(from: 1, to: count, by: step).map { bytes[$0..<min($0 + step, count)] }
  precondition(Reading(pieces) == whole, "in steps of \(step) it is another request")
  let split = 1 + Int(bytes[0]) * (count - 1) / 255
  precondition(Reading([bytes[1..<split], bytes[split...]]) == whole, "cut at \(split - 1) it is another request")
  for head in whole.heads { check(head) }
  if let error = whole.error { check(error) }
  return 0
}

private let limits: HTTPLimits = {
  var limits = HTTPLimits()
  (limits.targetBytes, limits.fieldBytes, limits.fieldCount) = (64, 512, 12)
  (limits.bodyBytes, limits.chunkExtensionBytes) = (256, 32)
  return limits
}()

/// What comes of bytes that are given in pieces: the same for all pieces of the same bytes.
private struct Reading: Equatable {
  var heads: [RequestHead] = []
  var bodies: [[UInt8]] = []
  var trailers: [HeaderFields] = []
  var error: RequestError?
  var stage: RequestParser.Stage?

  init(_ pieces: [ArraySlice<UInt8>]) {
    var parser = RequestParser(limits: limits)
    for piece in pieces {
      // In memory of its own, so that Address Sanitizer sees what is read beyond it.
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
      defer { memory.deallocate() }
      memory.copyBytes(from: piece)
      var offset = 0
      do throws(RequestError) {
        while let event = try parser.next(in: UnsafeRawBufferPointer(memory), from: &offset) {
          precondition(offset <= memory.count, "more was taken than there is")
          take(event, memory)
        }
        precondition(offset == memory.count, "not all was taken")
      } catch {
        precondition(offset <= memory.count, "more was taken than there is")
        self.error = error
        break
      }
    }
    stage = parser.stage
  }

  private mutating func take(_ event: RequestParser.Event, _ memory: UnsafeMutableRawBufferPointer) {
    switch event {
    case .head(let head):
      precondition(heads.count == trailers.count, "a head within a request")
      heads.append(head)
      bodies.append([])
    case .body(let range):
      precondition(!range.isEmpty && range.upperBound <= memory.count && bodies.count == trailers.count + 1)
      bodies[bodies.count - 1] += memory[range]
      precondition(bodies[bodies.count - 1].count <= limits.bodyBytes, "a body beyond the limit")
    case .end(let fields):
      trailers.append(fields)
      precondition(heads.count == trailers.count, "an end without a head")
      if case .length(let length) = heads[heads.count - 1].framing { precondition(bodies.last?.count == length) }
      if heads[heads.count - 1].framing == .none { precondition(bodies.last == []) }
    }
  }
}

private func check(_ head: RequestHead) {
  // An absolute form may add a Host, and a slash to the path.
  precondition(head.fields.count <= limits.fieldCount + 1, "more fields than there may be")
  precondition(head.target.description.utf8.count <= limits.targetBytes + 1, "a longer target than there may be")
  precondition(head.version == .http1_0 || head.fields.values("host").count == 1, "no Host, or several")
  precondition(head.fields.values("host").allSatisfy { !$0.isEmpty }, "an empty Host")
  let (length, coding) = (head.fields.values("content-length"), head.fields.values("transfer-encoding"))
  switch head.framing {
  case .none: precondition(length.isEmpty && coding.isEmpty)
  case .length(let value): precondition(length.count == 1 && Int(length[0]) == value && coding.isEmpty)
  case .chunked: precondition(length.isEmpty && coding.map { $0.lowercased() } == ["chunked"])
  }
  if let segments = head.target.pathSegments {
    precondition(segments.allSatisfy { $0 != "." && $0 != ".." && !$0.contains("/") && !$0.contains("\0") })
  }
  _ = head.target.queryItems
  _ = AcceptEncoding(head.fields)
  if let type = head.fields["content-type"].flatMap(MediaType.init) {
    precondition(MediaType(type.description) == type, "\(type) is read as another")
  }
  var written: [UInt8] = []
  let response = Response(.ok, fields: head.fields, body: [])
  ResponseSerializer.append(response, to: &written, for: head, keepsAlive: true, date: head.target.description)
  checkIsOne(written)
}

private func check(_ error: RequestError) {
  precondition(error.description.utf8.count < 400 && error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
  var written: [UInt8] = []
  ResponseSerializer.append(error.problem.response, to: &written, for: nil, keepsAlive: false, date: "")
  checkIsOne(written)
}

/// Every line ends in CRLF, and only one is empty.
private func checkIsOne(_ response: [UInt8]) {
  let text = response.split(separator: 0x0a, omittingEmptySubsequences: false)
  let empty = text.firstIndex(of: [0x0d])
  precondition(empty != nil && text[..<empty!].allSatisfy { $0.last == 0x0d && !$0.dropLast().contains(0x0d) })
  precondition(!response.contains(0))
}
