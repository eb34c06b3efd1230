import HTTPCore
import Testing

struct RequestParserTests {
  @Test func `a request is read`() {
    let reading = Reading(
      "GET /v1/models?x=1 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: someone with a long name/1.0\r\n\r\n")
    #expect(reading.error == nil)
    #expect(
      reading.events == [
        .head(
          RequestHead(
            method: .get, target: .origin(path: "/v1/models", query: "x=1"),
            fields: ["Host": "a.example", "User-Agent": "someone with a long name/1.0"])), .end([:]),
      ])
  }
}
