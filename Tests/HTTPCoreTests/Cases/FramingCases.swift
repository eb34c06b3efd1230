import HTTPCore

/// How the end of a body is known (RFC 9112 §6), and what tries to make two readers disagree on it (§11.2).
enum FramingCases {
  private static func post(_ lines: String, _ body: String = "") -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\(body)"
  }
  private static func length(_ value: String, shown: String? = nil) -> RequestCase {
    RequestCase(
      "the Content-Length \(shown ?? value) is refused", post("Content-Length: \(value)\r\n", "hello"),
      "400 the Content-Length '\(shown ?? value)' is not a number of bytes in decimal digits")
  }
  private static func unfinished(_ value: String, shown: String? = nil) -> RequestCase {
    RequestCase(
      "the Transfer-Encoding \(shown ?? value) is refused",
      post("Transfer-Encoding: \(value)\r\n", "5\r\nhello\r\n0\r\n\r\n"),
      "400 the Transfer-Encoding '\(shown ?? value)' does not end the body; it must be chunked, once and last")
  }
  private static func unknown(_ value: String) -> RequestCase {
    RequestCase(
      "the Transfer-Encoding \(value) is not implemented",
      post("Transfer-Encoding: \(value)\r\n", "5\r\nhello\r\n0\r\n\r\n"),
      "501 the Transfer-Encoding '\(value)' is not known; only chunked is")
  }
  private static let both = "400 both Content-Length and Transfer-Encoding say where the body ends"

  static let all: [RequestCase] = lengths + codings + smuggling

  private static let lengths: [RequestCase] =
    [
      RequestCase(
        "a body of a Content-Length is read", post("Content-Length: 5\r\n", "hello"),
        "POST / length 5 Host=a Content-Length=5", "'hello'", "end"),
      RequestCase(
        "a Content-Length of 0 is no body", post("Content-Length: 0\r\n"), "POST / length 0 Host=a Content-Length=0",
        "end"),
      RequestCase(
        "leading zeros of a Content-Length count as nothing", post("Content-Length: 0005\r\n", "hello"),
        "POST / length 5 Host=a Content-Length=0005", "'hello'", "end"),
      RequestCase("a POST without a length has no body", post(""), "POST / none Host=a", "end"),
      RequestCase(
        "a GET may have a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
        "GET / length 1 Host=a Content-Length=1", "'x'", "end"),
      RequestCase(
        "HTTP/1.0 may have a body", "POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx",
        "POST / 1.0 length 1 close Content-Length=1", "'x'", "end"),
      RequestCase(
        "a body may be unfinished", post("Content-Length: 5\r\n", "hell"), "POST / length 5 Host=a Content-Length=5",
        "'hell'", "in the body"),
      RequestCase(
        "a body may not have begun", post("Content-Length: 5\r\n"), "POST / length 5 Host=a Content-Length=5",
        "in the body"
      ),
      RequestCase(
        "a body as large as it may be is read", post("Content-Length: 5\r\n", "hello"),
        "POST / length 5 Host=a Content-Length=5", "'hello'", "end", limits: .with { $0.bodyBytes = 5 }),
      RequestCase(
        "a Content-Length beyond the limit is refused before the body", post("Content-Length: 6\r\n"),
        "413 the body has more than 5 bytes", limits: .with { $0.bodyBytes = 5 }),
      RequestCase(
        "the largest Content-Length is only too large", post("Content-Length: 922337203685477579\r\n"),
        "413 the body has more than 22020096 bytes"),
      RequestCase(
        "differing Content-Lengths are refused", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"),
        "400 there is more than one Content-Length"),
      RequestCase(
        "the same Content-Length twice is refused", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
        "400 there is more than one Content-Length"),
      RequestCase(
        "a second Content-Length in other letters is refused",
        post("Content-Length: 5\r\ncontent-lengtH: 0\r\n", "hello"),
        "400 there is more than one Content-Length"),
    ]
    + [
      "5, 5", "5,6", "+5", "-5", "-0", "0x5", "5x", "x", "5 5", "5.0", "5e1", "1_0", "5;", "\"5\"", "NaN",
      "99999999999999999999",
    ]
    .map { length($0) }
    + [
      length("", shown: ""), length("9223372036854775808"), length("18446744073709551621"),
      length("\u{b2}", shown: #"\xb2"#), length("\u{ef}\u{bc}\u{95}", shown: #"\xef\xbc\x95"#),
      length("340282366920938463463374607431768211461"),
    ]

  private static let codings: [RequestCase] =
    [
      RequestCase(
        "a chunked body is read", post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        "POST / chunked Host=a Transfer-Encoding=chunked", "'hello'", "end"),
      RequestCase(
        "a transfer coding is not case-sensitive", post("transfer-encodinG: CHUNKed\r\n", "0\r\n\r\n"),
        "POST / chunked Host=a transfer-encodinG=CHUNKed", "end"),
      RequestCase(
        "white space around a transfer coding does not count",
        post("Transfer-Encoding: \t chunked \t\r\n", "0\r\n\r\n"),
        "POST / chunked Host=a Transfer-Encoding=chunked", "end"),
      RequestCase(
        "chunked on two lines is refused",
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        "400 the Transfer-Encoding 'chunked' does not end the body; it must be chunked, once and last"),
      RequestCase(
        "chunked and then another line is refused",
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
        "400 the Transfer-Encoding 'identity' does not end the body; it must be chunked, once and last"),
      RequestCase(
        "another line and then chunked is not implemented",
        post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        "501 the Transfer-Encoding 'chunked' is not known; only chunked is"),
      RequestCase(
        "an empty line of Transfer-Encoding beside chunked is refused",
        post("Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        "400 the Transfer-Encoding 'chunked' does not end the body; it must be chunked, once and last"),
      RequestCase(
        "HTTP/1.0 with a Transfer-Encoding is refused",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "400 Transfer-Encoding is not part of HTTP/1.0"),
      RequestCase(
        "HTTP/1.0 with both lengths is refused",
        "POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "400 Transfer-Encoding is not part of HTTP/1.0"),
    ]
    + [
      "xchunked", "chunkedx", "identity", "gzip", "chunked, gzip", "chunked, identity", "chunked, chunked",
      "chunked;q=1",
      "chunked,", ",chunked", "chunked,,chunked", ",", "x chunked", "chunked chunked", "\"chunked\"", "chunked;",
      "'chunked'",
      "chu\tnked", "gzip, chunked, gzip", "chunke", "(chunked)", "[chunked]", "chunked=1", "gzip, chunked;a=b",
    ].map { unfinished($0, shown: $0.contains("\t") ? #"chu\x09nked"# : nil) }
    + [unfinished("", shown: ""), unfinished("\u{85}chunked", shown: #"\x85chunked"#)]
    + ["gzip, chunked", "identity, chunked", "deflate, gzip, chunked", "xchunked, chunked", "gzip;level=1, chunked"]
    .map(unknown)

  private static let smuggling: [RequestCase] = [
    RequestCase(
      "Content-Length and then Transfer-Encoding is refused",
      post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"), both),
    RequestCase(
      "Transfer-Encoding and then Content-Length is refused",
      post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "5c\r\nGPOST / HTTP/1.1\r\n"), both),
    RequestCase(
      "both lengths are refused even if they agree",
      post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), both),
    RequestCase(
      "a Content-Length of 0 beside Transfer-Encoding is refused",
      post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), both),
    RequestCase(
      "an unknown Transfer-Encoding beside a Content-Length is refused",
      post("Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n", "hello"), both),
    RequestCase(
      "a Transfer-Encoding with a space before its colon is refused",
      post("Content-Length: 6\r\nTransfer-Encoding : chunked\r\n", "0\r\n\r\nG"),
      "400 white space stands between the field name 'Transfer-Encoding' and its colon"),
    RequestCase(
      "a Content-Length with a tab before its colon is refused", post("Content-Length\t: 5\r\n", "hello"),
      "400 white space stands between the field name 'Content-Length' and its colon"),
    RequestCase(
      "a Transfer-Encoding with a vertical tab is refused", post("Transfer-Encoding:\u{b}chunked\r\n", "0\r\n\r\n"),
      #"400 the value of the field 'Transfer-Encoding' has the control character '\x0b'"#),
    RequestCase(
      "a Transfer-Encoding with a form feed is refused", post("Transfer-Encoding: \u{c}chunked\r\n", "0\r\n\r\n"),
      #"400 the value of the field 'Transfer-Encoding' has the control character '\x0c'"#),
    RequestCase(
      "a Transfer-Encoding with a NUL is refused", post("Transfer-Encoding: chunked\u{0}\r\n", "0\r\n\r\n"),
      #"400 the value of the field 'Transfer-Encoding' has the control character '\x00'"#),
    RequestCase(
      "a Transfer-Encoding with a NUL in its name is refused", post("Transfer-Encoding\u{0}: chunked\r\n", "0\r\n\r\n"),
      #"400 the field name 'Transfer-Encoding' is followed by the byte '\x00', which is in no token"#),
    RequestCase(
      "a Transfer-Encoding behind a bare carriage return is refused",
      post("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      "400 a field line has a carriage return without a line feed after it"),
    RequestCase(
      "a Transfer-Encoding behind a bare line feed is refused",
      post("X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      "400 a field line has a line feed without a carriage return before it"),
    RequestCase(
      "a Transfer-Encoding whose value is on the next line is refused",
      post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
      "400 a field line starts with white space; a value must stand on one line"),
    RequestCase(
      "a Transfer-Encoding whose colon is on the next line is refused",
      post("Transfer-Encoding\r\n : chunked\r\n", "0\r\n\r\n"), "400 the field line 'Transfer-Encoding' has no colon"),
    RequestCase(
      "Transfer_Encoding is another field, and no body follows", post("Transfer_Encoding: chunked\r\n"),
      "POST / none Host=a Transfer_Encoding=chunked", "end"),
    RequestCase(
      "Content_Length is another field, and no body follows", post("Content_Length: 5\r\n"),
      "POST / none Host=a Content_Length=5", "end"),
    RequestCase(
      "a Transfer-Encoding in a value is no field", post("X: Transfer-Encoding: chunked\r\n"),
      "POST / none Host=a X=Transfer-Encoding: chunked", "end"),
    RequestCase(
      "a body that is no request is not read as part of the one before",
      post("Content-Length: 1\r\n", "xGPOST"), "POST / length 1 Host=a Content-Length=1", "'x'", "end", "in the head"),
    RequestCase(
      "a body behind a request without a length is read as a request", post("", "hello, world\r\n"),
      "POST / none Host=a", "end", "400 the method has the byte ',', which is in no token"),
  ]
}
