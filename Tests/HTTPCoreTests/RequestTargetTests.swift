import HTTPCore
import Testing

struct RequestTargetTests {
  @Test(arguments: [
    ("/", [""]), ("/v1/models", ["v1", "models"]), ("/v1/", ["v1", ""]), ("//a", ["", "a"]), ("/a%20b", ["a b"]),
    ("/%41%c3%A9", ["Aé"]), ("/a+b", ["a+b"]), ("/...", ["..."]), ("/.a", [".a"]), ("/%25", ["%"]), ("/%252f", ["%2f"]),
    ("/a%2fb", nil), ("/a%2Fb", nil), ("/a%5cb", nil), ("/.", nil), ("/..", nil), ("/../a", nil), ("/a/./b", nil),
    ("/%2e", nil), ("/%2E%2e/a", nil), ("/.%2e", nil), ("/%00", nil), ("/a%0d%0a", nil), ("/%7f", nil), ("/%ff", nil),
    ("/%c3", nil), ("/%c0%af", nil), ("/%ed%a0%80", nil), ("/%zz", nil), ("/%4", nil),
  ])
  func `a path has segments that lead nowhere else`(_ path: String, _ segments: [String]?) {
    #expect(RequestTarget.origin(path: path, query: nil).pathSegments == segments)
  }

  @Test(arguments: [
    ("", []), ("a=b", ["a: b"]), ("a=b&c=d&a=e", ["a: b", "c: d", "a: e"]), ("a", ["a: "]), ("a=", ["a: "]),
    ("=b", [": b"]),
    ("a=b=c", ["a: b=c"]), ("&&a=b&", ["a: b"]), ("a+b=c+d", ["a b: c d"]), ("a%2Bb=%26%3d", ["a+b: &="]),
    ("a=%c3%a9", ["a: é"]), ("a=%ff", nil), ("%=a", nil), ("a=?/", ["a: ?/"]),
  ])
  func `a query has items`(_ query: String, _ items: [String]?) {
    let target = RequestTarget.origin(path: "/", query: query)
    #expect(target.queryItems?.map { "\($0.name): \($0.value)" } == items)
  }

  @Test func `the asterisk has neither`() {
    #expect(RequestTarget.asterisk.pathSegments == [])
    #expect(RequestTarget.asterisk.queryItems == [])
  }

  @Test(arguments: [("a%20b", "a b"), ("", ""), ("%", nil), ("%4", nil), ("%g0", nil), ("%+1", nil), ("é", "é")])
  func `percent-encoding is undone, or is none`(_ text: String, _ decoded: String?) {
    #expect(PercentEncoding.decoded(text) == decoded)
  }
}
