import HTTPCore
import Testing

struct MediaTypeTests {
  @Test(arguments: [
    ("image/jpeg", "image/jpeg"), ("IMAGE/JPEG", "image/jpeg"), (" image/png ", "image/png"),
    ("text/plain;charset=UTF-8", "text/plain; charset=UTF-8"),
    ("text/plain ; Charset=\"utf-8\" ; a=b", "text/plain; charset=utf-8; a=b"),
    ("text/plain; a=\"b;c \\\" \\d\"", "text/plain; a=\"b;c \\\" d\""), ("text/plain;", "text/plain"),
    ("text/plain;; a=b;", "text/plain; a=b"), ("a/b; c=\"\"", "a/b; c=\"\""), ("a/b;c=\"\\\\\"", #"a/b; c="\\""#),
    ("application/problem+json", "application/problem+json"), ("a/b; c=é", nil), ("a/b; c=\"é\"", "a/b; c=\"é\""),
    ("", nil), ("image", nil), ("image/", nil), ("/jpeg", nil), ("image /jpeg", nil), ("image/ jpeg", nil),
    ("image/jpeg x", nil), ("image/jpeg, image/png", nil), ("a/b; c", nil), ("a/b; c=", nil), ("a/b; =d", nil),
    ("a/b; c =d", nil), ("a/b; c= d", nil), ("a/b; c=\"d", nil), ("a/b; c=\"d\\", nil), ("a/b; c=\"d\"e", nil),
    ("a/b; c=d; C=e", nil), ("a/b\u{0}", nil), ("a/b; c=\"\u{1}\"", nil),
  ])
  func `a content type is read, or is none`(_ text: String, _ expected: String?) {
    #expect(MediaType(text)?.description == expected)
  }

  @Test func `a parameter is found by its name`() throws {
    let type = try #require(MediaType("multipart/form-data; BOUNDARY=\"a b\"; x=y"))
    #expect(type.essence == "multipart/form-data")
    #expect(type["boundary"] == "a b")
    #expect(type["z"] == nil)
  }

  @Test func `what is written is read as the same`() {
    let type = MediaType("Text", "Plain", parameters: MediaType("a/b; x=\" \\\"\\\\;\"; y=z")?.parameters ?? [])
    #expect(MediaType(type.description) == type)
  }
}
