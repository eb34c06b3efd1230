import HTTPCore
import Testing

struct ResponseSerializerTests {
  private let date = "Sun, 06 Nov 1994 08:49:37 GMT"

  private func written(
    _ response: Response, method: HTTPMethod = .get, version: HTTPVersion = .http1_1, keepsAlive: Bool = true
  ) -> String {
    let head = RequestHead(method: method, target: .origin(path: "/", query: nil), version: version)
    return written(response, for: head, keepsAlive: keepsAlive)
  }

  private func written(_ response: Response, for head: RequestHead?, keepsAlive: Bool) -> String {
    var bytes: [UInt8] = []
    ResponseSerializer.append(response, to: &bytes, for: head, keepsAlive: keepsAlive, date: date)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `a response has a date and a length`() {
    #expect(
      written(Response(.ok, type: "text/plain", body: "hello".utf8))
        == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello")
  }

  @Test func `an empty body has the length 0`() {
    #expect(written(Response(.ok)) == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nContent-Length: 0\r\n\r\n")
  }

  @Test func `an answer to HEAD has the length of what is not sent`() {
    #expect(
      written(Response(.ok, body: Array(repeating: 0, count: 1_024)), method: .head)
        == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nContent-Length: 1024\r\n\r\n")
  }

  @Test(arguments: [HTTPStatus.continue, .noContent, .notModified])
  func `a status that forbids a body has neither body nor length`(_ status: HTTPStatus) {
    #expect(written(Response(status, body: [1])) == "HTTP/1.1 \(status)\r\nDate: \(date)\r\n\r\n")
  }

  @Test func `205 has no body, but a length`() {
    #expect(
      written(Response(HTTPStatus(205, "Reset Content"), body: [1]))
        == "HTTP/1.1 205 Reset Content\r\nDate: \(date)\r\nContent-Length: 0\r\n\r\n")
  }

  @Test func `the space before an empty reason is there`() {
    #expect(written(Response(HTTPStatus(299, ""))).hasPrefix("HTTP/1.1 299 \r\n"))
  }

  @Test(arguments: [
    (HTTPVersion.http1_1, true, false, ""), (.http1_1, false, false, "Connection: close\r\n"),
    (.http1_1, true, true, "Connection: close\r\n"), (.http1_0, true, false, "Connection: keep-alive\r\n"),
    (.http1_0, false, false, "Connection: close\r\n"), (.http1_0, true, true, "Connection: close\r\n"),
  ])
  func `Connection says what cannot be known otherwise`(
    _ version: HTTPVersion, _ keepsAlive: Bool, _ closes: Bool, _ line: String
  ) {
    var response = Response(.ok)
    response.closes = closes
    #expect(
      written(response, version: version, keepsAlive: keepsAlive)
        == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nContent-Length: 0\r\n\(line)\r\n")
  }

  @Test func `an answer to what could not be read closes the connection`() {
    #expect(
      written(Response(.badRequest), for: nil, keepsAlive: false)
        == "HTTP/1.1 400 Bad Request\r\nDate: \(date)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
  }

  @Test func `fields for framing and the connection are the serializer's`() {
    let fields: HeaderFields = [
      "content-length": "7", "Transfer-Encoding": "chunked", "CONNECTION": "upgrade", "Keep-Alive": "timeout=5",
      "date": "now", "X": "y",
    ]
    #expect(
      written(Response(.ok, fields: fields))
        == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nX: y\r\nContent-Length: 0\r\n\r\n")
  }

  @Test func `no value splits a response`() {
    let value = "a\r\nSet-Cookie: b=c\r\n\r\nHTTP/1.1 200 OK\u{0}\u{b}\u{7f}\tü"
    #expect(
      written(Response(.ok, fields: ["X": value]))
        == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nX: a  Set-Cookie: b=c    HTTP/1.1 200 OK   \tü\r\nContent-Length: 0\r\n\r\n"
    )
  }

  @Test func `no reason and no date splits a response`() {
    var bytes: [UInt8] = []
    ResponseSerializer.append(
      Response(HTTPStatus(200, "OK\r\nX: y")), to: &bytes, for: nil, keepsAlive: true, date: "now\r\n\r\nbody")
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "HTTP/1.1 200 OK  X: y\r\nDate: now    body\r\nContent-Length: 0\r\n\r\n")
  }

  @Test(arguments: ["", "a b", "a:", "a\r\nb", "ü", "a\u{0}", " a", "(a)"])
  func `a field whose name is no token is left out`(_ name: String) {
    #expect(
      written(Response(.ok, fields: [name: "x", "Y": "z"]))
        == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nY: z\r\nContent-Length: 0\r\n\r\n")
  }

  @Test func `responses are appended to one another`() {
    var bytes: [UInt8] = []
    for count in [0, 12_345] {
      ResponseSerializer.append(
        Response(.ok, body: Array(repeating: 0x61, count: count)), to: &bytes, for: nil, keepsAlive: true, date: date)
    }
    let head = "HTTP/1.1 200 OK\r\nDate: \(date)\r\nContent-Length: "
    let body = String(repeating: "a", count: 12_345)
    #expect(String(decoding: bytes, as: UTF8.self) == "\(head)0\r\n\r\n\(head)12345\r\n\r\n\(body)")
  }

  private func streamed(
    _ status: HTTPStatus = .ok, method: HTTPMethod = .get, version: HTTPVersion = .http1_1, keepsAlive: Bool = true
  ) -> String {
    let head = RequestHead(method: method, target: .origin(path: "/", query: nil), version: version)
    var bytes: [UInt8] = []
    let fields: HeaderFields = ["Content-Length": "7", "Transfer-Encoding": "gzip", "X": "y"]
    ResponseSerializer.appendHead(
      ofStream: Response(status, fields: fields, body: [0x61]), to: &bytes, for: head, keepsAlive: keepsAlive,
      date: date)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [
    (HTTPMethod.get, HTTPVersion.http1_1, true, "Transfer-Encoding: chunked\r\n"),
    (.head, .http1_1, true, "Transfer-Encoding: chunked\r\n"),
    (.get, .http1_1, false, "Transfer-Encoding: chunked\r\nConnection: close\r\n"),
    (.get, .http1_0, true, "Connection: close\r\n"), (.get, .http1_0, false, "Connection: close\r\n"),
    (.head, .http1_0, true, "Connection: keep-alive\r\n"),
  ])
  func `a body in pieces is chunked, and ends with the connection in HTTP 1 0`(
    _ method: HTTPMethod, _ version: HTTPVersion, _ keepsAlive: Bool, _ lines: String
  ) {
    #expect(
      streamed(method: method, version: version, keepsAlive: keepsAlive)
        == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nX: y\r\n\(lines)\r\n")
  }

  @Test(arguments: [
    (HTTPStatus.continue, ""), (.noContent, ""), (.notModified, ""),
    (HTTPStatus(205, "Reset Content"), "Content-Length: 0\r\n"),
  ])
  func `a status that forbids a body is not followed by one in pieces`(_ status: HTTPStatus, _ line: String) {
    #expect(streamed(status) == "HTTP/1.1 \(status)\r\nDate: \(date)\r\nX: y\r\n\(line)\r\n")
    let head = RequestHead(method: .get, target: .origin(path: "/", query: nil))
    #expect(StreamFraming(status, for: head) == .noBody)
  }

  @Test func `an unknown client is taken for one of HTTP 1 0`() {
    #expect(StreamFraming(.ok, for: nil) == .untilClose)
    #expect(StreamFraming(.ok, for: RequestHead(method: .get, target: .asterisk)) == .chunked)
  }

  @Test func `a chunk has its length in hexadecimal, and nothing is no chunk`() {
    var bytes: [UInt8] = []
    for count in [1, 0, 26, 4096] { ResponseSerializer.appendChunk(Array(repeating: 0x61, count: count), to: &bytes) }
    bytes += ResponseSerializer.lastChunk
    let (short, long) = (String(repeating: "a", count: 26), String(repeating: "a", count: 4096))
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "1\r\na\r\n1a\r\n\(short)\r\n1000\r\n\(long)\r\n0\r\n\r\n")
  }

  @Test func `the interim response is a head alone`() {
    #expect(String(decoding: ResponseSerializer.continueResponse, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
  }
}
