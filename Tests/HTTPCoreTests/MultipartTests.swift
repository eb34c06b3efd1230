import HTTPCore
import Testing

struct MultipartTests {
  /// The parts in words: `name (file) [type] 'body'`.
  private func words(_ text: String, boundary: String = "b", limits: Multipart.Limits = .init()) -> [String] {
    let bytes = text.unicodeScalars.map { UInt8($0.value) }
    do throws(MultipartError) {
      return try Multipart(bytes, boundary: boundary, limits: limits).parts.map { part in
        var words = [part.name]
        if let fileName = part.fileName { words.append("(\(fileName))") }
        if let type = part.contentType { words.append("[\(type)]") }
        return (words + ["'\(String(decoding: part.body, as: UTF8.self))'"]).joined(separator: " ")
      }
    } catch {
      return ["\(error.status.code) \(error)"]
    }
  }

  private static let name = "Content-Disposition: form-data; name=a\r\n"

  @Test(
    arguments: [
      ("--b\r\n\(name)\r\nhello\r\n--b--\r\n", ["a 'hello'"]),
      ("--b\r\n\(name)\r\nhello\r\n--b--", ["a 'hello'"]),
      ("--b\r\n\(name)\r\n\r\n--b--\r\n", ["a ''"]),
      ("--b\r\n\(name)\r\n--b--\r\n", ["a ''"]),
      ("--b\r\n\(name)\r\n1\r\n--b\r\n\(name)\r\n2\r\n--b--\r\n", ["a '1'", "a '2'"]),
      ("--b\r\n\(name)Content-Type: Image/JPEG\r\nX: y\r\n\r\n1\r\n--b--\r\n", ["a [image/jpeg] '1'"]),
      ("--b \t\r\n\(name)\r\n1\r\n--b-- \t\r\n", ["a '1'"]),
      ("preamble\r\n--b\r\n\(name)\r\n1\r\n--b--\r\nepilogue\r\n--b\r\n", ["a '1'"]),
      ("\r\n--b\r\n\(name)\r\n1\r\n--b--\r\n", ["a '1'"]),
      ("--b--\r\n", []),
      // Content that looks like a boundary and is none.
      ("--b\r\n\(name)\r\n1\n--b\r\n2\r\n--b--\r\n", ["a '1\n--b\r\n2'"]),
      ("--b\r\n\(name)\r\n\r\n-b\r\n--c\r\n\r\n\r--b\r\n--b--\r\n", ["a '\r\n-b\r\n--c\r\n\r\n\r--b'"]),
      ("--b\r\n\(name)\r\n1\r\r\n--b--\r\n", ["a '1\r'"]),
      ("--b\r\n\(name)\r\n\r\r\r\n\r\n--b--\r\n", ["a '\r\r\r\n'"]),
      ("--b\r\n\(name)\r\n1--b--\r\n--b--\r\n", ["a '1--b--'"]),
      // Names.
      (
        "--b\r\ncontent-disposition:FORM-DATA;NAME=\"a b\";FileName=\"c d.jpg\"\r\n\r\n1\r\n--b--\r\n",
        ["a b (c d.jpg) '1'"]
      ),
      ("--b\r\nContent-Disposition: form-data; name=\"\"; filename=\"\"\r\n\r\n1\r\n--b--\r\n", [" () '1'"]),
      (
        "--b\r\nContent-Disposition: form-data; name=\"%22a%0d%0A%41%\"; filename=\"a\\\"b\\\\c\"\r\n\r\n1\r\n--b--\r\n",
        ["\"a\r\n%41% (a\"b\\c) '1'"]
      ),
      (
        "--b\r\nContent-Disposition: form-data; name=a; filename*=UTF-8''x; filename=y\r\n\r\n1\r\n--b--\r\n",
        ["a (y) '1'"]
      ),
      ("--b\r\nContent-Disposition: form-data; name=a; filename*=UTF-8''x\r\n\r\n1\r\n--b--\r\n", ["a '1'"]),
      ("--b\r\nContent-Disposition: form-data; name=\"caf\u{c3}\u{a9}\"\r\n\r\n1\r\n--b--\r\n", ["café '1'"]),
      ("--b\r\nContent-Disposition: form-data; name=\"../../a\"\r\n\r\n1\r\n--b--\r\n", ["../../a '1'"]),
      ("--b\r\n\(name)Content-Transfer-Encoding: Binary\r\n\r\n1\r\n--b--\r\n", ["a '1'"]),
    ] as [(String, [String])])
  func `parts are read`(_ body: String, _ parts: [String]) { #expect(words(body) == parts) }

  private static let badName = "it must be form-data with one name, on one line"

  @Test(
    arguments: [
      // Boundaries.
      ("", "400 the body has no line with the boundary, so it has no parts"),
      ("hello", "400 the body has no line with the boundary, so it has no parts"),
      ("\n--b\n\(name)\n1\n--b--\n", "400 the body has no line with the boundary, so it has no parts"),
      ("x--b\r\n", "400 the body has no line with the boundary, so it has no parts"),
      ("--b", "400 the body ends within part 1: there is no boundary with two hyphens after it"),
      ("--b\r\n", "400 the body ends within part 1: there is no boundary with two hyphens after it"),
      ("--b\r\n\(name)", "400 the body ends within part 1: there is no boundary with two hyphens after it"),
      ("--b\r\n\(name)\r\nhello", "400 the body ends within part 1: there is no boundary with two hyphens after it"),
      (
        "--b\r\n\(name)\r\nhello\r\n--",
        "400 the body ends within part 1: there is no boundary with two hyphens after it"
      ),
      ("--b\r\n\(name)\r\n1\r\n--b", "400 the body ends within part 2: there is no boundary with two hyphens after it"),
      (
        "--b\r\n\(name)\r\n1\r\n--b\r\n",
        "400 the body ends within part 2: there is no boundary with two hyphens after it"
      ),
      ("--b\n\(name)\r\n1\r\n--b--\r\n", "400 a line starts with the boundary and goes on with ''"),
      ("--b\r\n\(name)\r\n1\r\n--bc\r\n--b--\r\n", "400 a line starts with the boundary and goes on with 'c'"),
      ("--b\r\n\(name)\r\n1\r\n--b-\r\n", "400 a line starts with the boundary and goes on with '-'"),
      ("--b\r\n\(name)\r\n1\r\n--b--x\r\n", "400 a line starts with the boundary and goes on with '--x'"),
      ("--b\r\n\(name)\r\n1\r\n--b--\n", "400 a line starts with the boundary and goes on with '--'"),
      ("--b\r\n\(name)\r\n--b\r\n--b--\r\n", "400 part 2: the field line '--b--' has no colon"),
      // Field lines.
      (
        "--b\r\n\(name)\n1\r\n--b--\r\n", "400 part 1: a field line has a line feed without a carriage return before it"
      ),
      (
        "--b\r\n \(name)\r\n--b--\r\n",
        "400 part 1: a field line starts with white space; a value must stand on one line"
      ),
      (
        "--b\r\n\(name) x\r\n\r\n--b--\r\n",
        "400 part 1: a field line starts with white space; a value must stand on one line"
      ),
      ("--b\r\nhello\r\n--b--\r\n", "400 part 1: the field line 'hello' has no colon"),
      ("--b\r\nX : y\r\n\r\n--b--\r\n", "400 part 1: white space stands between the field name 'X' and its colon"),
      ("--b\r\nX: \u{0}\r\n\r\n--b--\r\n", #"400 part 1: the value of the field 'X' has the control character '\x00'"#),
      // Names.
      ("--b\r\n\r\n1\r\n--b--\r\n", "400 part 1: its Content-Disposition is ''; \(badName)"),
      (
        "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n",
        "400 part 1: its Content-Disposition is 'form-data'; \(badName)"
      ),
      (
        "--b\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--b--\r\n",
        "400 part 1: its Content-Disposition is 'attachment; name=a'; \(badName)"
      ),
      (
        "--b\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n1\r\n--b--\r\n",
        "400 part 1: its Content-Disposition is 'form-data; name=a; name=b'; \(badName)"
      ),
      (
        "--b\r\nContent-Disposition: form-data; name=a; filename=b; FILENAME=c\r\n\r\n1\r\n--b--\r\n",
        "400 part 1: its Content-Disposition is 'form-data; name=a; filename=b; FILENAME=…'; \(badName)"
      ),
      (
        "--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--b--\r\n",
        "400 part 1: its Content-Disposition is 'form-data; name=\"a'; \(badName)"
      ),
      (
        "--b\r\nContent-Disposition: form-data; name=\"\u{e9}\"\r\n\r\n1\r\n--b--\r\n",
        #"400 part 1: its Content-Disposition is 'form-data; name="\xe9"'; "# + badName
      ),
      (
        "--b\r\n\(name)\(name)\r\n1\r\n--b--\r\n",
        "400 part 1: its Content-Disposition is 'form-data; name=a'; \(badName)"
      ),
      // Content.
      (
        "--b\r\n\(name)Content-Type: jpeg\r\n\r\n1\r\n--b--\r\n", "400 part 1: its Content-Type 'jpeg' is no media type"
      ),
      (
        "--b\r\n\(name)Content-Type: a/b\r\nContent-Type: a/b\r\n\r\n1\r\n--b--\r\n",
        "400 part 1: its Content-Type 'a/b' is no media type"
      ),
      (
        "--b\r\n\(name)Content-Transfer-Encoding: base64\r\n\r\n1\r\n--b--\r\n",
        "415 part 1: its Content-Transfer-Encoding is 'base64'; bytes must be sent as they are"
      ),
    ] as [(String, String)])
  func `what is no form is refused`(_ body: String, _ error: String) { #expect(words(body) == [error]) }

  @Test(arguments: ["", String(repeating: "a", count: 71), "a ", "a\r\n", "a\"", "a;b", "é", "a\u{0}", "a@b"])
  func `a boundary that RFC 2046 does not allow is refused`(_ boundary: String) {
    #expect(throws: MultipartError.self) { try Multipart(Array("--\(boundary)--".utf8), boundary: boundary) }
  }

  @Test(arguments: ["a", String(repeating: "-", count: 70), "0'()+_,-./:=? z"])
  func `a boundary that RFC 2046 allows is found`(_ boundary: String) {
    #expect(words("--\(boundary)\r\n\(Self.name)\r\n1\r\n--\(boundary)--", boundary: boundary) == ["a '1'"])
  }

  @Test func `a content type names the boundary`() throws {
    let body = Array("--b c\r\n\(Self.name)\r\n1\r\n--b c--".utf8)
    let type = try #require(MediaType("Multipart/Form-Data; boundary=\"b c\""))
    let parts = try Multipart(body, type: type)
    #expect(parts["a"]?.body == Array("1".utf8)[...])
    #expect(parts["b"] == nil)
    #expect(throws: MultipartError.missingBoundary) { try Multipart(body, type: MediaType("multipart", "form-data")) }
    #expect(throws: MultipartError.mediaType("multipart/mixed")) {
      try Multipart(body, type: MediaType("multipart", "mixed", parameters: type.parameters))
    }
  }

  @Test func `a part's bytes are not copied`() throws {
    let body = Array("--b\r\n\(Self.name)\r\nhello\r\n--b--".utf8)
    let part = try #require(try Multipart(body, boundary: "b").parts.first)
    let start = "--b\r\n\(Self.name)\r\n".utf8.count
    #expect(part.body.indices == start..<(start + 5))
    let isWithin = body.withUnsafeBufferPointer { whole in
      part.body.withUnsafeBufferPointer { $0.baseAddress == whole.baseAddress.map { $0 + start } }
    }
    #expect(isWithin)
  }

  @Test func `limits are held`() {
    var limits = Multipart.Limits()
    (limits.parts, limits.fieldBytes, limits.fieldCount) = (2, Self.name.utf8.count + 6, 2)
    let part = "--b\r\n\(Self.name)\r\n1\r\n"
    #expect(words(part + part + "--b--", limits: limits) == ["a '1'", "a '1'"])
    #expect(words(part + part + part + "--b--", limits: limits) == ["413 the body has more than 2 parts"])
    func withFields(_ fields: String) -> [String] {
      words("--b\r\n\(Self.name)\(fields)\r\n1\r\n--b--", limits: limits)
    }
    #expect(withFields("X: y\r\n") == ["a '1'"])
    #expect(withFields("X: yz\r\n") == ["400 part 1: the field lines have more than 46 bytes together"])
    #expect(withFields("X:\r\nY:") == ["400 part 1: there are more than 2 field lines"])
  }

  /// Nothing but the number of bytes decides on the time: not how often a boundary begins, nor how far it goes on.
  @Test(arguments: ["\r\n--" + String(repeating: "a", count: 69), "\r", "\r\n--", "\r\n"])
  func `a body that nearly has boundaries all over costs no more than another`(_ piece: String) {
    let boundary = String(repeating: "a", count: 70)
    let content = String(repeating: piece, count: 3_000_000 / piece.utf8.count)
    let body = Array("--\(boundary)\r\n\(Self.name)\r\n\(content)\r\n--\(boundary)--".utf8)
    let clock = ContinuousClock()
    var count: Int?
    let duration = clock.measure { count = try? Multipart(body, boundary: boundary).parts.first?.body.count }
    #expect(count == content.utf8.count)
    #expect(duration < .seconds(10))
  }
}
