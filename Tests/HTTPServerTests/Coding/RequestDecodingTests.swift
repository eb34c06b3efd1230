import Compression
import HTTPCore
import HTTPServer
import Testing

@Suite struct RequestDecodingTests {
  private static let text = Array(String(repeating: "the same words, ", count: 100).utf8)
  private static let gzip = try! Deflater(.gzip).compressed(text)
  private static let zlib = try! Deflater(.zlib).compressed(text)
  private static let bare = Array(zlib.dropFirst(2).dropLast(4))
  private static let bomb = try! Deflater(.gzip, level: 9).compressed([UInt8](repeating: 0, count: 64 << 20))

  private static func gzipped(_ bytes: [UInt8]) -> [UInt8] { try! Deflater(.gzip).compressed(bytes) }
  private static func deflated(_ bytes: [UInt8]) -> [UInt8] { try! Deflater(.zlib).compressed(bytes) }

  private func request(_ codings: [String], _ body: [UInt8], framing: RequestHead.Framing? = nil) -> Request {
    var fields = HeaderFields()
    for coding in codings { fields.append("Content-Encoding", coding) }
    let head = RequestHead(
      method: .post, target: .origin(path: "/", query: nil), fields: fields, framing: framing ?? .length(body.count))
    return Request(head: head, body: body, peer: Peer(address: "127.0.0.1", port: 1))
  }

  private static let right: [(codings: [String], body: [UInt8])] = [
    ([], text),
    ([""], text),
    (["identity"], text),
    (["gzip"], gzip),
    (["x-gzip"], gzip),
    (["GZip"], gzip),
    ([" , gzip ,\t,"], gzip),
    (["identity, gzip"], gzip),
    (["deflate"], zlib),
    (["gzip"], gzipped(Array(text.prefix(700))) + gzipped(Array(text.dropFirst(700)))),
    (["gzip, gzip"], gzipped(gzip)),
    (["deflate, gzip"], gzipped(zlib)),
    (["gzip", "deflate"], deflated(gzip)),
  ]

  @Test(arguments: right.indices) func `codings are undone, the last one first`(_ index: Int) throws {
    let (codings, body) = Self.right[index]
    #expect(try request(codings, body).decodedBody(limit: Self.text.count) == Self.text)
    // The limit is on what comes of it, and met exactly.
    #expect(throws: ContentCodingError.tooLong(limit: Self.text.count - 1)) {
      try request(codings, body).decodedBody(limit: Self.text.count - 1)
    }
  }

  private static let wrong: [(codings: [String], body: [UInt8], error: ContentCodingError)] = [
    (["br"], gzip, .unknown(coding: "br")),
    (["gzip, br"], gzip, .unknown(coding: "br")),
    (["g zip"], gzip, .unknown(coding: "g zip")),
    (["compress"], gzip, .unknown(coding: "compress")),
    (["*"], gzip, .unknown(coding: "*")),
    ([String(repeating: "x", count: 5000)], gzip, .unknown(coding: String(repeating: "x", count: 40))),
    (["gzip, gzip, gzip"], gzipped(gzipped(gzip)), .tooMany(3, limit: 2)),
    (["gzip", "gzip", "deflate", "gzip"], gzip, .tooMany(4, limit: 2)),
    (["gzip"], [], .damaged(coding: "gzip", .truncated)),
    (["gzip"], text, .damaged(coding: "gzip", .malformed("incorrect header check"))),
    (["gzip"], zlib, .damaged(coding: "gzip", .malformed("incorrect header check"))),
    (["gzip"], Array(gzip.dropLast()), .damaged(coding: "gzip", .truncated)),
    (["gzip"], gzip + [0], .damaged(coding: "gzip", .truncated)),
    (["gzip"], gzip + [0, 0], .damaged(coding: "gzip", .malformed("incorrect header check"))),
    (["gzip"], gzip + Array("more".utf8), .damaged(coding: "gzip", .malformed("incorrect header check"))),
    (["deflate"], gzip, .damaged(coding: "deflate", .malformed("incorrect header check"))),
    (["deflate"], bare, .damaged(coding: "deflate", .malformed("incorrect header check"))),
    (["deflate"], zlib + [0], .damaged(coding: "deflate", .trailing)),
    (["deflate"], zlib.dropLast() + [0], .damaged(coding: "deflate", .malformed("incorrect data check"))),
    (["gzip, deflate"], gzipped(zlib), .damaged(coding: "deflate", .malformed("incorrect header check"))),
    (["gzip"], bomb, .tooLong(limit: 1 << 20)),
    (["gzip, gzip"], gzipped(bomb), .tooLong(limit: 1 << 20)),
    // What the outer coding gives is bounded too, though the inner one would make little of it.
    (["gzip, gzip"], gzipped(gzip + [UInt8](repeating: 0, count: 2 << 20)), .tooLong(limit: 1 << 20)),
  ]

  @Test(arguments: wrong.indices) func `what cannot be undone is refused and named`(_ index: Int) throws {
    let (codings, body, error) = Self.wrong[index]
    #expect(throws: error) { try request(codings, body).decodedBody(limit: 1 << 20) }
  }

  private static let answers: [(ContentCodingError, HTTPStatus, acceptEncoding: String?)] = [
    (.unknown(coding: "br"), .unsupportedMediaType, "gzip, deflate"),
    (.tooMany(3, limit: 2), .unsupportedMediaType, "gzip, deflate"),
    (.tooLong(limit: 9), .contentTooLarge, nil),
    (.damaged(coding: "gzip", .truncated), .badRequest, nil),
    (.noMemory, .serviceUnavailable, nil),
  ]

  @Test(arguments: answers) func `the client is told what would be right`(
    _ error: ContentCodingError, _ status: HTTPStatus, _ accepted: String?
  ) {
    #expect(error.status == status)
    #expect(error.fields["Accept-Encoding"] == accepted)
  }

  @Test func `bare deflated data is refused with the format that is meant`() {
    let error = #expect(throws: ContentCodingError.self) {
      try request(["deflate"], Self.bare).decodedBody(limit: 1 << 20)
    }
    #expect(
      error?.description
        == "the body is not what the content coding deflate makes, which is the zlib format of RFC 1950: "
        + "incorrect header check")
  }

  @Test func `without a body there is nothing to undo, with an empty one there is`() throws {
    #expect(try request(["gzip"], [], framing: RequestHead.Framing.none).decodedBody(limit: 10) == [])
    #expect(throws: ContentCodingError.unknown(coding: "br")) {
      try request(["br"], [], framing: RequestHead.Framing.none).decodedBody(limit: 10)
    }
    #expect(throws: ContentCodingError.damaged(coding: "gzip", .truncated)) {
      try request(["gzip"], [], framing: .chunked).decodedBody(limit: 10)
    }
  }

  @Test func `a bomb costs no more time than its limit allows`() throws {
    let limit = 1 << 20
    let clock = ContinuousClock()
    let bomb = request(["gzip"], Self.bomb)
    let honest = request(["gzip"], try Deflater(.gzip, level: 9).compressed([UInt8](repeating: 0, count: limit)))
    func fastest(_ request: Request) -> Duration {
      (0..<5).map { _ in clock.measure { _ = try? request.decodedBody(limit: limit) } }.min()!
    }
    // It inflates to 64 times as much.
    #expect(fastest(bomb) < fastest(honest) * 10)
  }
}
