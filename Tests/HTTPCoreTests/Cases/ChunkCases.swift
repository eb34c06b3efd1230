import HTTPCore

/// RFC 9112 §7.1.
enum ChunkCases {
  private static let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
  private static let read = "POST / chunked Host=a Transfer-Encoding=chunked"

  private static func size(_ line: String, _ byte: String, shown: String? = nil) -> RequestCase {
    RequestCase(
      "the chunk size '\(shown ?? line)' is refused", "\(head)\(line)\r\nhello\r\n0\r\n\r\n", read,
      "400 a chunk's size has the byte '\(byte)', which is no hexadecimal digit")
  }
  private static func tooLong(_ line: String) -> RequestCase {
    RequestCase(
      "the chunk size \(line) is refused", "\(head)\(line)\r\nhello\r\n0\r\n\r\n", read,
      "400 a chunk's size has more than 16 digits")
  }
  private static func withExtension(_ text: String) -> RequestCase {
    RequestCase(
      "the chunk extension '\(text)' is ignored", "\(head)5\(text)\r\nhello\r\n0\(text)\r\n\r\n", read, "'hello'", "end"
    )
  }
  private static func badExtension(_ text: String, _ byte: String, shown: String? = nil) -> RequestCase {
    RequestCase(
      "the chunk extension '\(shown ?? text)' is refused", "\(head)5\(text)\r\nhello\r\n0\r\n\r\n", read,
      "400 a chunk's extension has the byte '\(byte)' where it cannot stand")
  }
  private static func trailer(_ name: String, _ lines: String, _ expected: String) -> RequestCase {
    RequestCase(name, "\(head)0\r\n\(lines)\r\n", read, expected)
  }

  static let all: [RequestCase] = sizes + extensions + ends + trailers

  private static let sizes: [RequestCase] = [
    RequestCase(
      "chunks are put together", "\(head)5\r\nhello\r\n1\r\n,\r\n6\r\n world\r\n0\r\n\r\n", read, "'hello, world'",
      "end"),
    RequestCase(
      "a chunk size may have letters of both cases", "\(head)a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n", read,
      "'01234567890123456789a'", "end"),
    RequestCase("a chunked body may be empty", "\(head)0\r\n\r\n", read, "end"),
    RequestCase("the last chunk's size is any number of zeros", "\(head)000\r\n\r\n", read, "end"),
    RequestCase(
      "a chunk size may have leading zeros", "\(head)0000000000000005\r\nhello\r\n0\r\n\r\n", read, "'hello'", "end"),
    RequestCase("a chunk may hold line ends", "\(head)6\r\n0\r\n\r\nx\r\n0\r\n\r\n", read, "'0\r\n\r\nx'", "end"),
    tooLong("00000000000000005"), tooLong("ffffffffffffffff1"), tooLong("ffffffffffffffff"),
    tooLong("8000000000000000"),
    tooLong("10000000000000005"), tooLong("100000000000000000000000000000005"),
    RequestCase(
      "the largest chunk size is only too large", "\(head)7fffffffffffffff\r\nhello", read,
      "413 the body has more than 22020096 bytes"),
    RequestCase(
      "chunks as large as a body may be are read", "\(head)2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", read, "'abcde'", "end",
      limits: .with { $0.bodyBytes = 5 }),
    RequestCase(
      "chunks that are too large together are refused before their bytes", "\(head)2\r\nab\r\n4\r\n", read, "'ab'",
      "413 the body has more than 5 bytes", limits: .with { $0.bodyBytes = 5 }),
    size("", #"\x0d"#), size("0x5", "x"), size("+5", "+"), size("-1", "-"), size(" 5", " "),
    size("\t5", #"\x09"#, shown: #"\t5"#),
    size("5h", "h"), size("g", "g"), size("5,", ","), size("5.0", "."), size("\"5\"", "\""), size("x5", "x"),
    size("5_0", "_"), size("\u{b2}", #"\xb2"#, shown: #"\xb2"#), size("\u{0}5", #"\x00"#, shown: #"\05"#),
    size("5\u{0}", #"\x00"#, shown: #"5\0"#), size("5\u{b}", #"\x0b"#, shown: #"5\v"#), size("hello", "h"),
    size(";a", ";"),
  ]

  private static let extensions: [RequestCase] =
    [
      ";a", ";a=b", ";a=\"b\"", ";a=\"b;c\\\" d\"", ";a;b=c;d=\"\"", " ;a", ";\ta", ";a = b", " ; a = \"b\" ; c",
      ";a=\"\u{e9}\"",
    ].map(withExtension)
    + [
      badExtension("5 ", #"\x0d"#), badExtension(";", #"\x0d"#), badExtension(";;a", ";"),
      badExtension(";a=", #"\x0d"#),
      badExtension(";=b", "="), badExtension(" a", "a"), badExtension(";a=\"b", #"\x0d"#), badExtension(";a=b=c", "="),
      badExtension(";a b", "b"), badExtension(";a=\"b\"c", "c"), badExtension(";a ", #"\x0d"#),
      badExtension(";a=b ", #"\x0d"#),
      badExtension(";a\u{0}", #"\x00"#, shown: #";a\0"#), badExtension(";a=(", "("), badExtension(" ", #"\x0d"#),
      badExtension(";\u{e9}", #"\xe9"#, shown: #";\xe9"#),
      RequestCase(
        "a chunk extension that ends in a bare line feed is refused", "\(head)5;a\nhello\r\n0\r\n\r\n", read,
        "400 the line of a chunk's size has a line feed without a carriage return before it"),
      RequestCase(
        "a line feed within a quoted chunk extension is refused", "\(head)5;a=\"\nhello\"\r\n0\r\n\r\n", read,
        "400 the line of a chunk's size has a line feed without a carriage return before it"),
      RequestCase(
        "chunk extensions as long as they may be are ignored", "\(head)1;ab\r\nx\r\n0;a\r\n\r\n", read, "'x'", "end",
        limits: .with { $0.chunkExtensionBytes = 5 }),
      RequestCase(
        "chunk extensions that are too long together are refused", "\(head)1;ab\r\nx\r\n0;ab", read, "'x'",
        "400 the chunks' extensions have more than 5 bytes together", limits: .with { $0.chunkExtensionBytes = 5 }),
    ]

  private static let ends: [RequestCase] = [
    RequestCase(
      "a chunk size that ends in a bare line feed is refused", "\(head)5\nhello\r\n0\r\n\r\n", read,
      "400 the line of a chunk's size has a line feed without a carriage return before it"),
    RequestCase(
      "a bare carriage return after a chunk size is refused", "\(head)5\rhello\r\n0\r\n\r\n", read,
      "400 the line of a chunk's size has a carriage return without a line feed after it"),
    RequestCase(
      "a chunk that is longer than it says is refused", "\(head)5\r\nhello!\r\n0\r\n\r\n", read, "'hello'",
      "400 a chunk is followed by the byte '!' in place of a line end: it is longer than it says"),
    RequestCase(
      "a chunk that is shorter than it says takes the next line", "\(head)5\r\nhel\r\n0\r\n\r\n", read, "'hel\r\n'",
      "400 a chunk is followed by the byte '0' in place of a line end: it is longer than it says"),
    RequestCase(
      "a chunk that ends in a bare line feed is refused", "\(head)5\r\nhello\n0\r\n\r\n", read, "'hello'",
      #"400 a chunk is followed by the byte '\x0a' in place of a line end: it is longer than it says"#),
    RequestCase(
      "a chunk that ends in a bare carriage return is refused", "\(head)5\r\nhello\r0\r\n\r\n", read, "'hello'",
      "400 a chunk is followed by the byte '0' in place of a line end: it is longer than it says"),
    RequestCase(
      "a chunk that is followed by another's size at once is refused", "\(head)5\r\nhello0\r\n\r\n", read, "'hello'",
      "400 a chunk is followed by the byte '0' in place of a line end: it is longer than it says"),
    RequestCase("a chunk may be unfinished", "\(head)5\r\nhel", read, "'hel'", "in the body"),
    RequestCase("a last chunk without its empty line is unfinished", "\(head)0\r\n", read, "in the body"),
    RequestCase("a chunked body without a last chunk is unfinished", "\(head)1\r\nx\r\n", read, "'x'", "in the body"),
  ]

  private static let trailers: [RequestCase] = [
    trailer("trailers are read", "X: y\r\nZ:w\r\n", "end X=y Z=w"),
    trailer(
      "trailers for framing, routing, authentication and content are dropped",
      "Transfer-Encoding: gzip\r\nContent-Length: 5\r\nHost: b\r\nAuthorization: c\r\nContent-Type: d\r\nCookie: e\r\n"
        + "Expect: f\r\nIf-Match: g\r\nTrailer: h\r\nConnection: close\r\nX-Checksum: 1\r\n", "end X-Checksum=1"),
    trailer(
      "a trailer with a space before its colon is refused", "X : y\r\n",
      "400 white space stands between the field name 'X' and its colon"),
    trailer(
      "a folded trailer is refused", "X: y\r\n z\r\n",
      "400 a field line starts with white space; a value must stand on one line"),
    trailer(
      "white space before the first trailer is refused", " X: y\r\n",
      "400 a field line starts with white space; a value must stand on one line"),
    trailer(
      "a trailer that ends in a bare line feed is refused", "X: y\nZ: w\r\n",
      "400 a field line has a line feed without a carriage return before it"),
    trailer(
      "a trailer without a colon is refused", "GET / HTTP/1.1\r\n",
      "400 white space stands between the field name 'GET' and its colon"),
    RequestCase(
      "more trailers than fields there may be are refused",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\nX: y\r\nX: y\r\n\r\n", read,
      "431 there are more than 2 field lines", limits: .with { $0.fieldCount = 2 }),
    RequestCase(
      "trailers of more bytes than fields may have are refused",
      "\(head)0\r\nX: 3456789012345678901234567890123456789\r\n\r\n", read,
      "431 the field lines have more than 37 bytes together", limits: .with { $0.fieldBytes = 37 }),
  ]
}
