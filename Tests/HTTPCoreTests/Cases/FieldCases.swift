import HTTPCore

/// RFC 9112 §5, RFC 9110 §5.
enum FieldCases {
  private static func get(_ lines: String) -> String { "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n" }

  static let all: [RequestCase] = [
    RequestCase("a field is read", get("Accept: */*\r\n"), "GET / none Host=a Accept=*/*", "end"),
    RequestCase(
      "fields keep their order, their case and their number", get("B: 1\r\na: 2\r\nB: 3\r\n"),
      "GET / none Host=a B=1 a=2 B=3", "end"),
    RequestCase("white space around a value is no part of it", get("A: \t b \t\r\n"), "GET / none Host=a A=b", "end"),
    RequestCase("white space within a value stays", get("A:b \tc\r\n"), "GET / none Host=a A=b \tc", "end"),
    RequestCase("no white space is needed", get("A:b\r\n"), "GET / none Host=a A=b", "end"),
    RequestCase("a value may be empty", get("A:\r\nB: \t \r\n"), "GET / none Host=a A= B=", "end"),
    RequestCase("a value may hold colons", get("A: b:c\r\n"), "GET / none Host=a A=b:c", "end"),
    RequestCase(
      "a name is any token", get("!#$%&'*+-.^_`|~09azAZ: b\r\n"), "GET / none Host=a !#$%&'*+-.^_`|~09azAZ=b", "end"),
    RequestCase("obs-text in UTF-8 is read as that", get("A: caf\u{c3}\u{a9}\r\n"), "GET / none Host=a A=café", "end"),
    RequestCase("other obs-text is read as ISO 8859-1", get("A: caf\u{e9}\r\n"), "GET / none Host=a A=café", "end"),
    RequestCase(
      "a tab within a long value stays", get("A: 0123456\t89abcdef\t\t01234567\r\n"),
      "GET / none Host=a A=0123456\t89abcdef\t\t01234567", "end"),

    // Lines that are none.
    RequestCase(
      "a space before the first field is refused", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
      "400 white space stands between the request line and the first field"),
    RequestCase(
      "a tab before the first field is refused", "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n",
      "400 white space stands between the request line and the first field"),
    RequestCase(
      "a line of white space before the first field is refused", "GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n",
      "400 white space stands between the request line and the first field"),
    RequestCase(
      "a folded line is refused", get("A: b\r\n c\r\n"),
      "400 a field line starts with white space; a value must stand on one line"),
    RequestCase(
      "a line folded with a tab is refused", get("A: b\r\n\tc\r\n"),
      "400 a field line starts with white space; a value must stand on one line"),
    RequestCase(
      "a Transfer-Encoding on a folded line is refused", get("X: y\r\n Transfer-Encoding: chunked\r\n"),
      "400 a field line starts with white space; a value must stand on one line"),
    RequestCase(
      "a space before the colon is refused", get("A : b\r\n"),
      "400 white space stands between the field name 'A' and its colon"),
    RequestCase(
      "a tab before the colon is refused", get("A\t: b\r\n"),
      "400 white space stands between the field name 'A' and its colon"),
    RequestCase(
      "a line without a colon is refused", get("A\r\n"), "400 the field line 'A' has no colon"),
    RequestCase(
      "a field without a name is refused", get(": b\r\n"),
      "400 a field line starts with its colon; a name must stand before it"),
    RequestCase(
      "a byte in a name that is in no token is refused", get("A(b: c\r\n"),
      "400 the field name 'A' is followed by the byte '(', which is in no token"),
    RequestCase(
      "a name with obs-text is refused", get("\u{c3}\u{a9}: c\r\n"),
      #"400 the field name '' is followed by the byte '\xc3', which is in no token"#),
    RequestCase(
      "a name in quotation marks is refused", get("\"A\": c\r\n"),
      "400 the field name '' is followed by the byte '\"', which is in no token"),
    RequestCase(
      "a NUL in a name is refused", get("A\u{0}: c\r\n"),
      #"400 the field name 'A' is followed by the byte '\x00', which is in no token"#),
    RequestCase(
      "a line that starts with a NUL is refused", get("\u{0}A: c\r\n"),
      #"400 the field name '' is followed by the byte '\x00', which is in no token"#),

    // Line ends and control characters.
    RequestCase(
      "a field line that ends in a bare line feed is refused", get("A: b\nC: d\r\n"),
      "400 a field line has a line feed without a carriage return before it"),
    RequestCase(
      "a name that ends in a bare line feed is refused", get("A\nC: d\r\n"),
      "400 a field line has a line feed without a carriage return before it"),
    RequestCase(
      "a bare carriage return in a value is refused", get("A: b\rc\r\n"),
      "400 a field line has a carriage return without a line feed after it"),
    RequestCase(
      "two carriage returns at the end of a value are refused", get("A: b\r\r\n"),
      "400 a field line has a carriage return without a line feed after it"),
    RequestCase(
      "fields that end in a bare line feed are refused", "GET / HTTP/1.1\r\nHost: a\r\n\n",
      "400 a field line has a line feed without a carriage return before it"),
    RequestCase(
      "fields that end in a bare carriage return are refused", "GET / HTTP/1.1\r\nHost: a\r\n\rX",
      "400 a field line has a carriage return without a line feed after it"),
    RequestCase(
      "a NUL in a value is refused", get("A: b\u{0}c\r\n"),
      #"400 the value of the field 'A' has the control character '\x00'"#),
    RequestCase(
      "a control character deep in a value is refused", get("A: 0123456789abcdef0123\u{1f}456789\r\n"),
      #"400 the value of the field 'A' has the control character '\x1f'"#),
    RequestCase(
      "a DEL in a value is refused", get("A: 0123456789\u{7f}\r\n"),
      #"400 the value of the field 'A' has the control character '\x7f'"#),
    RequestCase(
      "a control character after a tab is refused", get("A: 012345\t\u{1}89abcdef\r\n"),
      #"400 the value of the field 'A' has the control character '\x01'"#),
    RequestCase(
      "a vertical tab in a value is refused", get("A: \u{b}b\r\n"),
      #"400 the value of the field 'A' has the control character '\x0b'"#),

    // Limits.
    RequestCase(
      "as many field lines as there may be are read", get("A: b\r\n"), "GET / none Host=a A=b", "end",
      limits: .with { $0.fieldCount = 2 }),
    RequestCase(
      "one field line more is refused at its first byte", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC",
      "431 there are more than 2 field lines", limits: .with { $0.fieldCount = 2 }),
    RequestCase(
      "as many bytes of field lines as there may be are read", get("A: b\r\n"), "GET / none Host=a A=b", "end",
      limits: .with { $0.fieldBytes = 15 }),
    RequestCase(
      "one byte of field lines more is refused", get("A: bc\r\n"),
      "431 the field lines have more than 15 bytes together",
      limits: .with { $0.fieldBytes = 15 }),
    RequestCase(
      "a field line that is too long is refused before its end", "GET / HTTP/1.1\r\nA: 3456789012345",
      "431 the field lines have more than 15 bytes together", limits: .with { $0.fieldBytes = 15 }),
    RequestCase(
      "a name that is too long is refused before its end", "GET / HTTP/1.1\r\nA234567890123456",
      "431 the field lines have more than 15 bytes together", limits: .with { $0.fieldBytes = 15 }),
    RequestCase(
      "what is wrong within the limit comes first", "GET / HTTP/1.1\r\nA: 345\u{0}789012345",
      #"400 the value of the field 'A' has the control character '\x00'"#, limits: .with { $0.fieldBytes = 15 }),
  ]
}
