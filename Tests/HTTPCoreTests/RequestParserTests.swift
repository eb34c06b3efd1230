import HTTPCore
import Testing

/// The tables of `Cases/` together.
let allRequestCases =
  RequestLineCases.all + TargetCases.all + FieldCases.all + HostCases.all + FramingCases.all + ChunkCases.all
  + ConnectionCases.all

struct RequestParserTests {
  @Test(arguments: allRequestCases) func `bytes that come all at once give the events of the table`(_ row: RequestCase)
  {
    #expect(Reading(whole: row.bytes, limits: row.limits).transcript == row.expected)
  }

  @Test(arguments: allRequestCases) func `bytes that come one by one give the same`(_ row: RequestCase) {
    for step in [1, 2, 3, 7] {
      #expect(Reading(row.bytes, step: step, limits: row.limits).transcript == row.expected, "in steps of \(step)")
    }
  }

  @Test(arguments: allRequestCases) func `bytes that are cut anywhere give the same`(_ row: RequestCase) {
    for index in 0...row.bytes.count {
      let reading = Reading(row.bytes, splitAt: index, limits: row.limits)
      #expect(reading.transcript == row.expected, "cut at \(index)")
    }
  }

  @Test(arguments: allRequestCases) func `an error comes at the same byte, however they are cut`(_ row: RequestCase)
    throws
  {
    let whole = Reading(whole: row.bytes, limits: row.limits)
    guard whole.error != nil else { return }
    let shortest = (0...row.bytes.count).first { count in
      Reading(whole: Array(row.bytes[..<count]), limits: row.limits).error != nil
    }
    let length = try #require(shortest)
    #expect(Reading(Array(row.bytes[..<length]), step: 1, limits: row.limits).error == whole.error)
    #expect(Reading(Array(row.bytes[..<(length - 1)]), step: 1, limits: row.limits).error == nil)
  }

  @Test func `every case has a name of its own`() {
    let names = allRequestCases.map(\.name)
    #expect(Dictionary(grouping: names, by: \.self).filter { $0.value.count > 1 }.keys.sorted() == [])
  }

  @Test func `a body's bytes are ranges of the input`() throws {
    let bytes = Array(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n".utf8)
    var parser = RequestParser(limits: HTTPLimits())
    var ranges: [Range<Int>] = []
    var offset = 0
    try bytes.withUnsafeBytes { input in
      while let event = try parser.next(in: input, from: &offset) {
        if case .body(let range) = event { ranges.append(range) }
      }
    }
    let start = bytes.count - "ab\r\n1\r\nc\r\n0\r\n\r\n".utf8.count
    #expect(ranges == [start..<(start + 2), (start + 7)..<(start + 8)])
    #expect(offset == bytes.count)
  }

  @Test func `a stage is known at every byte`() throws {
    let bytes = Array("\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi\r\n".utf8)
    var parser = RequestParser(limits: HTTPLimits())
    var stages: [RequestParser.Stage] = []
    for byte in bytes {
      var offset = 0
      try withUnsafeBytes(of: byte) { input in while try parser.next(in: input, from: &offset) != nil {} }
      if stages.last != parser.stage { stages.append(parser.stage) }
    }
    #expect(stages == [.between, .head, .body, .between])
  }

  @Test func `an error is thrown again, and nothing more is read`() {
    var parser = RequestParser(limits: HTTPLimits())
    for text in ["GET / HTTP/3.0\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"] {
      var offset = 0
      #expect(throws: RequestError.self) {
        try Array(text.utf8).withUnsafeBytes { _ = try parser.next(in: $0, from: &offset) }
      }
    }
  }

  @Test(arguments: [
    ("HEAD / HTTP/1.1\r\n\r\n", HTTPMethod.head), ("HEAD / HTTP/1.1\r\nA\r\n", .head), ("HEAD / HTTP/2.0\r\n", nil),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx", nil), ("(", nil),
  ])
  func `the method of a request that is refused is known, if its line could be read`(
    _ text: String, _ method: HTTPMethod?
  ) {
    var parser = RequestParser(limits: HTTPLimits())
    var offset = 0
    for _ in 0..<2 {
      #expect(throws: RequestError.self) {
        try Array(text.utf8).withUnsafeBytes { while try parser.next(in: $0, from: &offset) != nil {} }
      }
      #expect(parser.refusedMethod == method)
    }
  }

  /// A parser that looked at an unfinished line from its start at each byte would take a minute for this one.
  @Test func `single bytes of long lines cost no more than others`() {
    var limits = HTTPLimits()
    limits.fieldBytes = 1 << 20
    let value = String(repeating: "x", count: 400_000)
    let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nX: \(value)\r\n\r\n".utf8)
    let clock = ContinuousClock()
    var reading: Reading?
    let duration = clock.measure { reading = Reading(bytes, step: 1, limits: limits) }
    #expect(reading?.heads.first?.fields["X"]?.utf8.count == 400_000)
    #expect(duration < .seconds(20))
  }
}
