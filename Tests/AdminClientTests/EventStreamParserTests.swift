import Testing

@testable import AdminClient

@Suite struct EventStreamParserTests {
  /// Names and data of the events in a text that comes in pieces of so many bytes.
  private func events(_ text: String, pieces: Int = .max) -> [String]? {
    var parser = EventStreamParser()
    var (events, rest) = ([ServerSentEvent](), Array(text.utf8)[...])
    while !rest.isEmpty {
      guard let some = parser.feed(rest.prefix(pieces)) else { return nil }
      events += some
      rest = rest.dropFirst(pieces)
    }
    return events.map { "\($0.name) \(String(decoding: $0.data, as: UTF8.self))" }
  }

  static let cases: [(String, [String])] = [
    ("event: job\ndata: {\"id\":1}\n\n", ["job {\"id\":1}"]),
    ("data: 1\n\ndata: 2\n\n", ["message 1", "message 2"]),
    ("event: a\ndata: 1\n\ndata: 2\n\n", ["a 1", "message 2"]),
    ("data: first\ndata: second\n\n", ["message first\nsecond"]),
    ("data:none\n\ndata:  two\n\n", ["message none", "message  two"]),
    ("data: a: b\n\n", ["message a: b"]),
    (": a comment\n\n:\n\ndata: 1\n: another\n\n", ["message 1"]),
    ("event: nothing\n\ndata: 1\n\n", ["message 1"]),
    ("data\n\n", ["message "]),
    ("id: 7\nretry: 10\nunknown: x\ndata: 1\n\n", ["message 1"]),
    ("\u{feff}data: 1\n\n\u{feff}data: 2\n\n", ["message 1"]),
    ("data: 1\r\n\r\ndata: 2\r\rdata: 3\n\r\n", ["message 1", "message 2", "message 3"]),
    ("data: not yet complete\n", []),
  ]

  @Test(arguments: cases, [1, 2, 3, Int.max])
  func `a stream is taken apart wherever it is cut`(_ one: (text: String, events: [String]), _ pieces: Int) {
    #expect(events(one.text, pieces: pieces) == one.events)
  }

  @Test func `an event that never ends is not kept`() {
    let line = "data: " + String(repeating: "x", count: 1 << 20) + "\n"
    #expect(events(String(repeating: line, count: 3)) == [])
    #expect(events(String(repeating: line, count: 5)) == nil)
    #expect(events("data: " + String(repeating: "x", count: 5 << 20)) == nil)
  }
}
