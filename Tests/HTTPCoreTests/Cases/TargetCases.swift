import HTTPCore

/// RFC 9112 §3.2, RFC 9110 §4.2, §7.
enum TargetCases {
  private static func get(_ target: String) -> String { "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n" }
  private static func options(_ target: String) -> String { "OPTIONS \(target) HTTP/1.1\r\nHost: a\r\n\r\n" }

  static let all: [RequestCase] = [
    // The origin form.
    RequestCase("a path is read", get("/a/b"), "GET /a/b none Host=a", "end"),
    RequestCase("a path and a query are read", get("/a?b=c"), "GET /a?b=c none Host=a", "end"),
    RequestCase("an empty query is read", get("/?"), "GET /? none Host=a", "end"),
    RequestCase("a query may hold question marks and slashes", get("/?a?b/c"), "GET /?a?b/c none Host=a", "end"),
    RequestCase(
      "all characters of a path are read", get("/aZ09-._~!$&'()*+,;=:@%2F"),
      "GET /aZ09-._~!$&'()*+,;=:@%2F none Host=a",
      "end"),
    RequestCase("two slashes stay two", get("//a"), "GET //a none Host=a", "end"),
    RequestCase("dots in a path stay", get("/../a"), "GET /../a none Host=a", "end"),
    RequestCase(
      "a percent sign without digits is refused", get("/%"),
      "400 the request target '/%' has a percent sign without two hexadecimal digits after it"),
    RequestCase(
      "a percent sign with one digit is refused", get("/a%2"),
      "400 the request target '/a%2' has a percent sign without two hexadecimal digits after it"),
    RequestCase(
      "a percent sign with other letters is refused", get("/%zz"),
      "400 the request target '/%zz' has a percent sign without two hexadecimal digits after it"),
    RequestCase(
      "a percent sign in a query is checked", get("/?%0"),
      "400 the request target '/?%0' has a percent sign without two hexadecimal digits after it"),
    RequestCase(
      "a fragment is refused", get("/a#b"),
      "400 the request target has the byte '#', which is in no URI; it must be percent-encoded"),
    RequestCase(
      "a quotation mark is refused", get("/\"a\""),
      "400 the request target has the byte '\"', which is in no URI; it must be percent-encoded"),
    RequestCase(
      "a backslash is refused", get(#"/a\b"#),
      #"400 the request target has the byte '\\', which is in no URI; it must be percent-encoded"#),
    RequestCase(
      "angle brackets are refused", get("/<a>"),
      "400 the request target has the byte '<', which is in no URI; it must be percent-encoded"),
    RequestCase(
      "a vertical bar is refused", get("/a|b"),
      "400 the request target has the byte '|', which is in no URI; it must be percent-encoded"),
    RequestCase(
      "a square bracket in a path is refused", get("/a[0]"),
      "400 the request target has the byte '[', which is in no URI; it must be percent-encoded"),
    RequestCase(
      "a byte beyond ASCII in a target is refused", get("/\u{e9}"),
      #"400 the request target has the byte '\xe9', which is in no URI; it must be percent-encoded"#),
    RequestCase(
      "a NUL in a target is refused", get("/\u{0}"),
      #"400 the request target has the byte '\x00', which is in no URI; it must be percent-encoded"#),
    RequestCase(
      "a DEL in a target is refused", get("/\u{7f}"),
      #"400 the request target has the byte '\x7f', which is in no URI; it must be percent-encoded"#),
    RequestCase(
      "a target that ends in a line feed is refused", "GET /a\nHost: a\n\n",
      "400 the request line has a line feed without a carriage return before it"),
    RequestCase(
      "a target as long as it may be is read", get("/12345678"), "GET /12345678 none Host=a", "end",
      limits: .with { $0.targetBytes = 9 }),
    RequestCase(
      "a target that is too long is refused before its end", "GET /123456789",
      "414 the request target has more than 9 bytes", limits: .with { $0.targetBytes = 9 }),

    // The absolute form.
    RequestCase(
      "an absolute URI becomes its path, and its authority the Host",
      "GET http://b.example:81/c?d HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n",
      "GET /c?d none http X=y Host=b.example:81", "end"),
    RequestCase(
      "the scheme of an absolute URI is told", get("HTTPS://b/"), "GET / none https Host=b", "end"),
    RequestCase(
      "an absolute URI without a path has the path of a slash", get("http://b"), "GET / none http Host=b", "end"),
    RequestCase(
      "an absolute URI with a query alone has the path of a slash", get("http://b?c"), "GET /?c none http Host=b", "end"
    ),
    RequestCase(
      "an absolute URI may have an IPv6 address", get("http://[::1]:8080/a"), "GET /a none http Host=[::1]:8080", "end"),
    RequestCase(
      "an absolute URI makes up for an empty Host", "GET http://b/ HTTP/1.1\r\nHost:\r\n\r\n", "GET / none http Host=b",
      "end"),
    RequestCase(
      "an absolute URI does not make up for a missing Host", "GET http://b/ HTTP/1.1\r\n\r\n",
      "400 the field Host is missing, which HTTP/1.1 requires"),
    RequestCase(
      "an absolute URI does not make up for a bad Host", "GET http://b/ HTTP/1.1\r\nHost: a b\r\n\r\n",
      "400 the Host 'a b' is not a host with or without a port"),
    RequestCase(
      "an absolute URI gives HTTP/1.0 a Host", "GET http://b/ HTTP/1.0\r\n\r\n", "GET / 1.0 none close http Host=b",
      "end"),
    RequestCase(
      "an absolute URI without a host is refused", get("http:///a"),
      "400 the request target 'http:///a' has no host, or one that is not valid"),
    RequestCase(
      "an absolute URI with nothing after its slashes is refused", get("http://"),
      "400 the request target 'http://' has no host, or one that is not valid"),
    RequestCase(
      "an absolute URI with a port alone is refused", get("http://:80/"),
      "400 the request target 'http://:80/' has no host, or one that is not valid"),
    RequestCase(
      "an absolute URI with user information is refused", get("http://user:secret@b/"),
      "400 the request target 'http://user:secret@b/' has no host, or one that is not valid"),
    RequestCase(
      "an absolute URI with a bad port is refused", get("http://b:8o/"),
      "400 the request target 'http://b:8o/' has no host, or one that is not valid"),
    RequestCase(
      "an absolute URI of another scheme is refused", get("ftp://b/"),
      "400 the request target 'ftp://b/' has a scheme that is neither http nor https"),
    RequestCase(
      "a bracket in the path of an absolute URI is refused", get("http://b/[a]"),
      "400 the request target has the byte '[', which is in no URI; it must be percent-encoded"),
    RequestCase(
      "a scheme with a path is no target", get("http:/a"),
      "400 the request target 'http:/a' is no path that starts with a slash, no absolute URI and no asterisk"),

    // The asterisk form.
    RequestCase("OPTIONS may ask for the server as a whole", options("*"), "OPTIONS * none Host=a", "end"),
    RequestCase(
      "OPTIONS of a bare absolute URI asks for the server as a whole", options("http://b"),
      "OPTIONS * none http Host=b", "end"),
    RequestCase(
      "OPTIONS of an absolute URI with a slash asks for its path", options("http://b/"), "OPTIONS / none http Host=b",
      "end"),
    RequestCase(
      "the asterisk with another method is refused", get("*"), "400 the request target '*' is for OPTIONS alone"),
    RequestCase(
      "two asterisks are no target", options("**"),
      "400 the request target '**' is no path that starts with a slash, no absolute URI and no asterisk"),

    // The authority form.
    RequestCase(
      "CONNECT is not implemented", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
      "501 CONNECT is for proxies, and this is none"),
    RequestCase(
      "CONNECT to a path is not implemented either", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n",
      "501 CONNECT is for proxies, and this is none"),
    RequestCase(
      "an authority with another method is refused", get("a:443"),
      "400 the request target 'a:443' is no path that starts with a slash, no absolute URI and no asterisk"),
    RequestCase(
      "a path without a slash is refused", get("index.html"),
      "400 the request target 'index.html' is no path that starts with a slash, no absolute URI and no asterisk"),
    RequestCase(
      "a query alone is refused", get("?a"),
      "400 the request target '?a' is no path that starts with a slash, no absolute URI and no asterisk"),
  ]
}
