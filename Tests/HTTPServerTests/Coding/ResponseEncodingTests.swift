import Compression
import HTTPCore
import HTTPServer
import Testing

@Suite struct ResponseEncodingTests {
  private static let text = Array(String(repeating: "distinguo_requests_total 1\n", count: 100).utf8)

  private func head(_ acceptEncoding: String?, method: HTTPMethod = .get) -> RequestHead {
    RequestHead(
      method: method, target: .origin(path: "/", query: nil),
      fields: acceptEncoding.map { ["Accept-Encoding": $0] } ?? [:])
  }

  private func inflated(_ bytes: [UInt8]) throws -> [UInt8] {
    let inflater = try Inflater(.gzip, limit: 1 << 20, allowsPadding: false)
    var (input, output) = (bytes[...], [UInt8]())
    try inflater.inflate(&input, appendingTo: &output)
    try inflater.finish()
    return output
  }

  @Test(arguments: [
    "application/json", "application/problem+json", "text/plain; version=0.0.4; charset=utf-8", "TEXT/HTML",
    "application/openmetrics-text; version=1.0.0; charset=utf-8", "application/yaml",
  ])
  func `text is gzipped for who accepts it`(_ type: String) throws {
    for method in [HTTPMethod.get, .head] {
      let response = Response(.ok, type: type, body: Self.text).encoded(for: head("gzip, br", method: method))
      #expect(try inflated(response.body) == Self.text)
      #expect(
        response.fields
          == ["Content-Type": type, "Vary": "Accept-Encoding", "Content-Encoding": "gzip"])
    }
  }

  @Test(arguments: [nil, "", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=0.5, identity", "gzip;q=nonsense"])
  func `who does not want gzip gets none, and caches are told that it depends`(_ accepted: String?) {
    let response = Response(.ok, type: "text/plain", body: Self.text).encoded(for: head(accepted))
    #expect(response.body == Self.text)
    #expect(response.fields == ["Content-Type": "text/plain", "Vary": "Accept-Encoding"])
  }

  @Test(arguments: ["gzip", "x-gzip", "GZIP", "*", "gzip;q=0.001", "br, gzip;q=0.9, identity;q=0.1"])
  func `whoever wants gzip gets it`(_ accepted: String) {
    let response = Response(.ok, type: "text/plain", body: Self.text).encoded(for: head(accepted))
    #expect(response.fields["Content-Encoding"] == "gzip")
  }

  @Test(arguments: [
    Response(.ok, type: "image/png", body: text),
    Response(.ok, body: text),
    Response(.ok, type: "application/octet-stream", body: text),
    Response(.ok, type: "nonsense", body: text),
    Response(.ok, type: "text/plain", body: text.prefix(1023)),
    Response(.init(206, "Partial Content"), type: "text/plain", body: text),
    Response(.ok, fields: ["Content-Type": "text/plain", "Content-Encoding": "br"], body: text),
    Response(.noContent, type: "text/plain", body: text),
  ])
  func `what is not worth it, or must not be, stays as it is`(_ response: Response) {
    let encoded = response.encoded(for: head("gzip"))
    #expect(encoded.body == response.body)
    #expect(encoded.fields == response.fields)
  }

  @Test func `what gzip makes longer is sent as it is`() {
    var generator = SystemRandomNumberGenerator()
    let noise = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let response = Response(.ok, type: "text/plain", body: noise).encoded(for: head("gzip"))
    #expect(response.body == noise)
    #expect(response.fields["Content-Encoding"] == nil)
  }

  @Test func `the least length can be chosen`() {
    let response = Response(.ok, type: "text/plain", body: Self.text.prefix(200))
    #expect(response.encoded(for: head("gzip"), atLeast: 200).fields["Content-Encoding"] == "gzip")
    #expect(response.encoded(for: head("gzip"), atLeast: 201).fields["Content-Encoding"] == nil)
  }

  @Test(arguments: [
    (nil, "Accept-Encoding"), ("Accept", "Accept, Accept-Encoding"), ("accept-encoding", "accept-encoding"),
    ("Accept, Accept-Encoding", "Accept, Accept-Encoding"), ("*", "*"),
  ])
  func `Vary keeps what it said`(_ before: String?, _ after: String) {
    var response = Response(.ok, type: "text/plain", body: Self.text)
    if let before { response.fields.append("Vary", before) }
    #expect(response.encoded(for: head("gzip")).fields.values("Vary") == [after])
  }

  @Test(arguments: [("W/\"1\"", "gzip", "W/\"1\""), ("\"1\"", "gzip", "W/\"1\""), ("\"1\"", "identity", "\"1\"")])
  func `a strong validator becomes weak with the coding, a weak one stays`(
    _ before: String, _ accepted: String, _ after: String
  ) {
    var response = Response(.ok, type: "text/plain", body: Self.text)
    response.fields.append("ETag", before)
    #expect(response.encoded(for: head(accepted)).fields.values("ETag") == [after])
  }
}
