import Base
import Testing

@Suite struct JSONWriterTests {
  private func text(_ write: (inout JSONWriter) -> Void) -> String {
    var json = JSONWriter()
    write(&json)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  @Test func `members and elements are separated, however deep they are`() {
    let text = text { json in
      json.beginObject()
      json.name("a")
      json.beginArray()
      json.value(1)
      json.beginObject()
      json.endObject()
      json.beginArray()
      json.endArray()
      json.value(true)
      json.endArray()
      json.name("b")
      json.value(json: "[0]".utf8)
      json.name("c")
      json.value(nil as String?)
      json.endObject()
    }
    #expect(text == #"{"a":[1,{},[],true],"b":[0],"c":null}"#)
  }

  @Test(
    arguments: [
      (0, "0"), (1, "1"), (-3, "-3"), (0.5, "0.5"), (0.000_001, "1e-06"), (1e21, "1e+21"), (.nan, "null"),
      (.infinity, "null"), (0.1 + 0.2, "0.30000000000000004"),
    ] as [(Double, String)])
  func `a number is written so that the same is read`(value: Double, wanted: String) {
    #expect(text { $0.value(value) } == wanted)
  }

  @Test(arguments: [
    ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\n\t\u{0}\u{1f}", #""\n\u0009\u0000\u001f""#),
    ("ü€😀", #""ü€😀""#),
  ])
  func `a string is escaped where it must be`(value: String, wanted: String) {
    #expect(text { $0.value(value) } == wanted)
  }
}
