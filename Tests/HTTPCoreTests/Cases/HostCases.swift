/// RFC 9112 §3.2, RFC 9110 §7.2.
enum HostCases {
  private static func host(_ value: String) -> String { "GET / HTTP/1.1\r\nHost: \(value)\r\n\r\n" }
  private static func accepted(_ value: String) -> RequestCase {
    RequestCase("the Host \(value) is read", host(value), "GET / none Host=\(value)", "end")
  }
  private static func refused(_ value: String, _ shown: String? = nil) -> RequestCase {
    RequestCase(
      "the Host \(shown ?? value) is refused", host(value),
      "400 the Host '\(shown ?? value)' is not a host with or without a port")
  }

  static let all: [RequestCase] =
    [
      RequestCase(
        "a missing Host is refused", "GET / HTTP/1.1\r\nA: b\r\n\r\n",
        "400 the field Host is missing, which HTTP/1.1 requires"),
      RequestCase("HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\nA: b\r\n\r\n", "GET / 1.0 none close A=b", "end"),
      RequestCase(
        "a second Host is refused", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "400 there is more than one field Host"),
      RequestCase(
        "a second Host of the same value is refused", "GET / HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n",
        "400 there is more than one field Host"),
      RequestCase(
        "a second Host is refused in HTTP/1.0 too", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
        "400 there is more than one field Host"),
      RequestCase(
        "a bad Host is refused in HTTP/1.0 too", "GET / HTTP/1.0\r\nHost: a/b\r\n\r\n",
        "400 the Host 'a/b' is not a host with or without a port"),
      RequestCase(
        "an empty Host is refused, as a path's authority cannot be empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "400 the Host '' is not a host with or without a port"),
      RequestCase(
        "a Host whose name has another byte is another field", "GET / HTTP/1.1\r\nHost_: a\r\n\r\n",
        "400 the field Host is missing, which HTTP/1.1 requires"),
    ]
    + ["example.com", "EXAMPLE.com.", "a:80", "a:", "127.0.0.1:8080", "[::1]", "[2001:db8::1]:443", "[::ffff:1.2.3.4]"]
    .map(accepted)
    + ["a_b-c~!$&'()*+,;=%41:65535", "localhost"].map(accepted)
    + [
      "a b", "a/b", "user@a", "user:secret@a", "a:b", "a:80:80", "a:65536", "a:-1", "a:+1", "a: 80", ":80", "a?b",
      "a#b",
      #"a"b"#, "a%", "a%4", "a%zz", "[::1", "::1", "[]", "[1.2.3.4]", "[::1]x", "[::1]]", "[::1%25eth0]", "[v1.a]",
      "[:::1]",
      "[1:2:3:4:5:6:7:8:9]", "http://a", "a, b", "a<b>",
    ].map { refused($0) }
    + [refused("a\u{e9}", #"a\xe9"#), refused(#"a\b"#, #"a\\b"#)]
}
