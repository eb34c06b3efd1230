/// RFC 9112 §2.2, §2.3, §3.
enum RequestLineCases {
  static let all: [RequestCase] = [
    // Empty lines before the request.
    RequestCase(
      "an empty line before the request is skipped", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / none Host=a", "end"
    ),
    RequestCase(
      "four empty lines before the request are skipped", "\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / none Host=a", "end"),
    RequestCase(
      "a fifth empty line before the request is refused", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "400 more than 4 empty lines stand before the request"),
    RequestCase("empty lines alone are no request", "\r\n\r\n"),
    RequestCase(
      "a bare line feed before the request is refused", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "400 an empty line before the request has a line feed without a carriage return before it"),
    RequestCase(
      "a bare carriage return before the request is refused", "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "400 an empty line before the request has a carriage return without a line feed after it"),

    // Unfinished.
    RequestCase("a request line may be unfinished", "GET / HT", "in the head"),
    RequestCase("the fields may be unfinished", "GET / HTTP/1.1\r\nHost: a\r\n", "in the head"),
    RequestCase("the last line feed may be missing", "GET / HTTP/1.1\r\nHost: a\r\n\r", "in the head"),

    // The method.
    RequestCase(
      "a method is any token", "!#$%&'*+-.^_`|~09azAZ / HTTP/1.1\r\nHost: a\r\n\r\n",
      "!#$%&'*+-.^_`|~09azAZ / none Host=a", "end"),
    RequestCase(
      "a method is case-sensitive", "get / HTTP/1.1\r\nHost: a\r\n\r\n", "get / none Host=a", "end"),
    RequestCase(
      "a method of 32 letters is read", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\r\nHost: a\r\n\r\n",
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / none Host=a", "end"),
    RequestCase(
      "a method longer than any is not implemented", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "501 the method has more than 32 bytes; none that is known is as long"),
    RequestCase(
      "a method with a byte that is in no token is refused", "GE(T / HTTP/1.1\r\n\r\n",
      "400 the method has the byte '(', which is in no token"),
    RequestCase(
      "a method with obs-text is refused", "G\u{c9}T / HTTP/1.1\r\n\r\n",
      #"400 the method has the byte '\xc9', which is in no token"#),
    RequestCase(
      "a method followed by a tab is refused", "GET\t/ HTTP/1.1\r\n\r\n",
      #"400 the method has the byte '\x09', which is in no token"#),
    RequestCase(
      "a space before the method is refused", " GET / HTTP/1.1\r\n\r\n",
      "400 the method has the byte ' ', which is in no token"),
    RequestCase(
      "a TLS hello is refused at its first byte", "\u{16}\u{03}\u{01}",
      #"400 the method has the byte '\x16', which is in no token"#),
    RequestCase(
      "a method alone on its line is refused", "GET\r\n\r\n",
      #"400 the method has the byte '\x0d', which is in no token"#),
    RequestCase(
      "a method alone with a line feed is refused", "GET\n",
      "400 the request line has a line feed without a carriage return before it"),

    // Spaces and line ends.
    RequestCase(
      "two spaces before the target are refused", "GET  / HTTP/1.1\r\n\r\n",
      "400 the request target is empty: one space must stand before it, and one after"),
    RequestCase(
      "two spaces after the target are refused", "GET /  HTTP/1.1\r\n\r\n",
      "400 the request line ends in ' ', which is no version such as HTTP/1.1"),
    RequestCase(
      "a tab after the target is refused", "GET /\tHTTP/1.1\r\n\r\n",
      #"400 the request target has the byte '\x09', which is in no URI; it must be percent-encoded"#),
    RequestCase(
      "a space after the version is refused", "GET / HTTP/1.1 \r\n\r\n",
      "400 the request line ends in 'HTTP/1.1 ', which is no version such as HTTP/1.1"),
    RequestCase(
      "a request line that ends in a bare line feed is refused", "GET / HTTP/1.1\nHost: a\n\n",
      "400 the request line has a line feed without a carriage return before it"),
    RequestCase(
      "a request line with a bare carriage return is refused", "GET / HTTP/1.1\rHost: a\r\n\r\n",
      "400 the request line has a carriage return without a line feed after it"),
    RequestCase(
      "a request line with two carriage returns is refused", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
      "400 the request line has a carriage return without a line feed after it"),
    RequestCase(
      "a space within the target is refused", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
      "400 the request line ends in 'b', which is no version such as HTTP/1.1"),

    // The version.
    RequestCase("HTTP/1.0 is read", "GET / HTTP/1.0\r\n\r\n", "GET / 1.0 none close", "end"),
    RequestCase("HTTP/1.2 is read as 1.1", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "GET / none Host=a", "end"),
    RequestCase("HTTP/1.9 is read as 1.1", "GET / HTTP/1.9\r\nHost: a\r\n\r\n", "GET / none Host=a", "end"),
    RequestCase(
      "HTTP/2.0 is not spoken", "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
      "505 the version is HTTP/2.0; HTTP/1.1 and HTTP/1.0 are spoken here"),
    RequestCase(
      "the preface of HTTP/2 is not spoken", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "505 the version is HTTP/2.0; HTTP/1.1 and HTTP/1.0 are spoken here"),
    RequestCase(
      "HTTP/0.9 with a version is not spoken", "GET / HTTP/0.9\r\n\r\n",
      "505 the version is HTTP/0.9; HTTP/1.1 and HTTP/1.0 are spoken here"),
    RequestCase(
      "a request line without a version is refused", "GET /\r\n\r\n",
      "400 the request line ends in '', which is no version such as HTTP/1.1"),
    RequestCase(
      "a version in small letters is refused", "GET / http/1.1\r\n\r\n",
      "400 the request line ends in 'h', which is no version such as HTTP/1.1"),
    RequestCase(
      "a version without a minor one is refused", "GET / HTTP/1\r\n\r\n",
      #"400 the request line ends in 'HTTP/1\x0d', which is no version such as HTTP/1.1"#),
    RequestCase(
      "a version of two digits is refused", "GET / HTTP/1.10\r\n\r\n",
      "400 the request line ends in 'HTTP/1.10', which is no version such as HTTP/1.1"),
    RequestCase(
      "a major version of two digits is refused", "GET / HTTP/11.1\r\n\r\n",
      "400 the request line ends in 'HTTP/11', which is no version such as HTTP/1.1"),
    RequestCase(
      "a version with a comma is refused", "GET / HTTP/1,1\r\n\r\n",
      "400 the request line ends in 'HTTP/1,', which is no version such as HTTP/1.1"),
    RequestCase(
      "a version with a space in it is refused", "GET / HTTP/ 1.1\r\n\r\n",
      "400 the request line ends in 'HTTP/ ', which is no version such as HTTP/1.1"),
    RequestCase(
      "a version of another protocol is refused", "OPTIONS / RTSP/1.0\r\n\r\n",
      "400 the request line ends in 'R', which is no version such as HTTP/1.1"),
    RequestCase(
      "a version with a letter for a digit is refused", "GET / HTTP/x.1\r\n\r\n",
      "400 the request line ends in 'HTTP/x', which is no version such as HTTP/1.1"),
    RequestCase(
      "a response is refused", "HTTP/1.1 200 OK\r\n\r\n", "400 the method has the byte '/', which is in no token"),
  ]
}
