import HTTPCore

/// RFC 9112 §9.3, §9.6, RFC 9110 §10.1.1: what follows a request on its connection, and what comes before its body.
enum ConnectionCases {
  private static func get(_ lines: String, version: String = "1.1") -> String {
    "GET / HTTP/\(version)\r\nHost: a\r\n\(lines)\r\n"
  }
  private static func post(_ lines: String, version: String = "1.1") -> String {
    "POST / HTTP/\(version)\r\nHost: a\r\n\(lines)\r\n"
  }

  static let all: [RequestCase] = [
    RequestCase("HTTP/1.1 goes on", get(""), "GET / none Host=a", "end"),
    RequestCase("HTTP/1.0 ends", get("", version: "1.0"), "GET / 1.0 none close Host=a", "end"),
    RequestCase(
      "HTTP/1.0 goes on with keep-alive", get("Connection: Keep-Alive\r\n", version: "1.0"),
      "GET / 1.0 none Host=a Connection=Keep-Alive", "end"),
    RequestCase(
      "close ends HTTP/1.1", get("Connection: close\r\n"), "GET / none close Host=a Connection=close", "end"),
    RequestCase(
      "close among other options ends it", get("Connection: TE,  CLOSE ,x\r\n"),
      "GET / none close Host=a Connection=TE,  CLOSE ,x", "end"),
    RequestCase(
      "close on a second line ends it", get("Connection: x\r\nconnection: close\r\n"),
      "GET / none close Host=a Connection=x connection=close", "end"),
    RequestCase(
      "close counts for more than keep-alive", get("Connection: close, keep-alive\r\n"),
      "GET / none close Host=a Connection=close, keep-alive", "end"),
    RequestCase(
      "close counts for more than keep-alive in HTTP/1.0", get("Connection: keep-alive, close\r\n", version: "1.0"),
      "GET / 1.0 none close Host=a Connection=keep-alive, close", "end"),
    RequestCase(
      "closed is not close", get("Connection: closed\r\n"), "GET / none Host=a Connection=closed", "end"),
    RequestCase("an empty Connection says nothing", get("Connection:\r\n"), "GET / none Host=a Connection=", "end"),

    RequestCase(
      "an expectation is told", post("Content-Length: 1\r\nExpect: 100-Continue\r\n") + "x",
      "POST / length 1 continue Host=a Content-Length=1 Expect=100-Continue", "'x'", "end"),
    RequestCase(
      "an expectation of a chunked body is told",
      post("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n") + "0\r\n\r\n",
      "POST / chunked continue Host=a Transfer-Encoding=chunked Expect=100-continue", "end"),
    RequestCase(
      "an expectation without a body is not told", post("Expect: 100-continue\r\n"),
      "POST / none Host=a Expect=100-continue", "end"),
    RequestCase(
      "an expectation with an empty body is not told", post("Content-Length: 0\r\nExpect: 100-continue\r\n"),
      "POST / length 0 Host=a Content-Length=0 Expect=100-continue", "end"),
    RequestCase(
      "an expectation in HTTP/1.0 is ignored",
      post("Content-Length: 1\r\nExpect: 100-continue\r\n", version: "1.0") + "x",
      "POST / 1.0 length 1 close Host=a Content-Length=1 Expect=100-continue", "'x'", "end"),
    RequestCase(
      "another expectation in HTTP/1.0 is ignored", post("Expect: x\r\n", version: "1.0"),
      "POST / 1.0 none close Host=a Expect=x", "end"),
    RequestCase(
      "another expectation is refused", post("Content-Length: 1\r\nExpect: 200-ok\r\n"),
      "417 the expectation '200-ok' cannot be met; only 100-continue is known"),
    RequestCase(
      "another expectation beside the known one is refused",
      post("Content-Length: 1\r\nExpect: 100-continue\r\nExpect: x\r\n"),
      "417 the expectation 'x' cannot be met; only 100-continue is known"),
    RequestCase(
      "an expectation with a parameter is refused", post("Content-Length: 1\r\nExpect: 100-continue;a=b\r\n"),
      "417 the expectation '100-continue;a=b' cannot be met; only 100-continue is known"),

    // One request after the other.
    RequestCase(
      "requests follow one another",
      get("") + "POST /b HTTP/1.1\r\nHost: b\r\nContent-Length: 2\r\n\r\nhi" + get("X: y\r\n"),
      "GET / none Host=a", "end", "POST /b length 2 Host=b Content-Length=2", "'hi'", "end", "GET / none Host=a X=y",
      "end"),
    RequestCase(
      "nothing of a request is left for the next",
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "1\r\nx\r\n0\r\nT: t\r\n\r\n" + get(""),
      "POST / chunked close continue Host=a Connection=close Expect=100-continue Transfer-Encoding=chunked", "'x'",
      "end T=t", "GET / none Host=a", "end"),
    RequestCase(
      "an empty line after a body is skipped",
      post("Content-Length: 2\r\n") + "hi\r\n" + get(""), "POST / length 2 Host=a Content-Length=2", "'hi'", "end",
      "GET / none Host=a", "end"),
    RequestCase(
      "the limits hold for each request anew", get("A: b\r\n") + get("A: b\r\n"), "GET / none Host=a A=b", "end",
      "GET / none Host=a A=b", "end",
      limits: .with {
        $0.fieldCount = 2
        $0.fieldBytes = 15
      }),
    RequestCase(
      "what is refused ends the connection", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" + get(""),
      "400 there is more than one field Host"),
  ]
}
