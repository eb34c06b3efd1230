import Foundation
import HTTPCore
import Testing

struct ProblemTests {
  @Test func `a problem is an object of RFC 9457 with an error`() {
    let problem = Problem(
      .unsupportedMediaType, detail: "send a \"JPEG\"", error: "unsupported_media_type",
      members: ["request_id": "a\\b", "limit": 7, "formats": .strings(["JPEG", "PNG"]), "none": .strings([])])
    #expect(
      String(decoding: problem.json, as: UTF8.self)
        == #"{"type":"about:blank","title":"Unsupported Media Type","status":415,"detail":"send a \"JPEG\"","#
        + #""error":"unsupported_media_type","formats":["JPEG","PNG"],"limit":7,"none":[],"request_id":"a\\b"}"# + "\n")
  }

  @Test func `a further member does not replace one that every problem has`() {
    let problem = Problem(.notFound, detail: "d", error: "e", members: ["status": 200, "type": "x"])
    #expect(
      String(decoding: problem.json, as: UTF8.self)
        == #"{"type":"about:blank","title":"Not Found","status":404,"detail":"d","error":"e"}"# + "\n")
  }

  @Test func `its response has its status and its type`() {
    let response = Problem(.badRequest, detail: "d", error: "e").response
    #expect(response.status == .badRequest)
    #expect(response.fields.fields == [.init(name: "Content-Type", value: "application/problem+json")])
    #expect(response.body == Problem(.badRequest, detail: "d", error: "e").json)
  }

  @Test func `a request's error becomes a problem with its sentence`() {
    #expect(
      RequestError.repeatedHost.problem
        == Problem(.badRequest, detail: "there is more than one field Host", error: "bad_request"))
    #expect(RequestError.bodyTooLarge(limit: 5).problem.error == "content_too_large")
  }
}
