import HTTPCore
import HTTPServer
import Testing

@testable import Gateway

/// What events look like to a client (WHATWG HTML §9.2).
struct EventStreamTests {
  @Test(arguments: [
    ("{}", "event: job\ndata: {}\n\n"), ("", "event: job\ndata: \n\n"),
    ("a\nb", "event: job\ndata: a\ndata: b\n\n"), ("a\r\nb\rc", "event: job\ndata: a\ndata: b\ndata: c\n\n"),
    ("\n", "event: job\ndata: \ndata: \n\n"), ("\r\n\r\n", "event: job\ndata: \ndata: \ndata: \n\n"),
    ("a\n\revent: b", "event: job\ndata: a\ndata: \ndata: event: b\n\n"),
  ])
  func `an event has a name, and a field for each line of its data`(_ data: String, _ text: String) {
    #expect(String(decoding: EventStream.Event("job", data: Array(data.utf8)).bytes, as: UTF8.self) == text)
  }

  @Test func `a name cannot begin another field`() {
    let event = EventStream.Event("job\ndata: x", data: [0x31])
    #expect(String(decoding: event.bytes, as: UTF8.self) == "event: job\ndata: 1\n\n")
  }

  @Test func `a retry, events and heartbeats are what is sent`() {
    let listener = Listening()
    let stream = EventStream(listener.responder.stream(EventStream.response))
    stream.sendRetry(milliseconds: 3000)
    #expect(stream.send(.init("verdicts", data: Array("[1]".utf8))))
    stream.sendHeartbeat()
    #expect(listener.text() == "retry: 3000\n\nevent: verdicts\ndata: [1]\n\n:\n\n")
    #expect(listener.fields["Content-Type"] == "text/event-stream")
    #expect(listener.fields["Cache-Control"] == "no-store")
    #expect(!listener.hasEnded)
    stream.end()
    #expect(listener.hasEnded)
    #expect(!stream.send(.init("verdicts", data: [])))
  }
}
