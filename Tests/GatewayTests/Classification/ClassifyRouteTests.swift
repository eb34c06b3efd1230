import Base
import Defence
import Foundation
@testable import Gateway
import HTTPCore
import HTTPServer
import Images
import TestSupport
import Testing

@Suite struct ClassifyRouteTests {
  @Test func `a picture gets its label`() throws {
    let gate = try Gate()
    let response = try gate.post(fields: ["Content-Type": "image/png", "X-Request-Id": "r1"], body: try Gate.png())
    #expect(response.status == .ok && response.fields["Content-Type"] == "application/json")
    #expect(response.fields["X-Request-Id"] == "r1" && response.notes["route"] == "/v1/classify")
    let object = try response.object
    #expect(object["outcome"] as? String == "accepted" && object["label"] as? String == "green")
    #expect(object["request_id"] as? String == "r1" && object["elapsed_ms"] as? Double ?? 0 > 0)
    #expect((object["differentiators"] as? [Any])?.count == 2)
    let model = try #require(object["model"] as? [String: Any])
    #expect(model["name"] as? String == "colours" && model["version"] as? Int == 1)
    #expect(model["digest"] as? String == (try gate.tiny.bundle()).digest)
    #expect(
      Set(object.keys) == [
        "outcome", "label", "score", "threshold", "student", "differentiators", "model", "request_id", "elapsed_ms",
      ])
  }

  @Test func `a rejection is an answer`() throws {
    let gate = try Gate()
    // No noise of three colours is like any label's.
    let noise = try (0..<40).lazy.map { seed in
      var random = SeededGenerator(seed: UInt64(seed))
      let pixels = (0..<768).map { _ in UInt8.random(in: 0...255, using: &random) }
      return try gate.post(body: try ImageEncoder.png(Picture(width: 16, height: 16, pixels: pixels)))
    }.first { try $0.object["outcome"] as? String == "rejected" }
    let response = try #require(noise)
    #expect(response.status == .ok)
    #expect(try response.object["label"] is NSNull)
    #expect(try response.object["reason"] as? String == "score_below_threshold")
  }

  @Test func `it tells of every step`() throws {
    let gate = try Gate()
    _ = try gate.post(fields: ["X-Request-Id": "r7"], body: try Gate.png())
    let steps = gate.log.events.map { event in
      switch event {
      case .received: "received"
      case .refused(let refusal): "refused \(refusal)"
      case .decoded(let format, _): "decoded \(format)"
      case .dequeued: "dequeued"
      case .ran(let pictures, _): "ran \(pictures)"
      case .judged(let verdict, let label, let model, let version, let id):
        "judged \(verdict.isAccepted) \(label) \(model) \(version) \(id)"
      }
    }
    #expect(steps == ["received", "decoded png", "dequeued", "ran 1", "judged true green colours 1 r7"])
  }

  @Test(arguments: [
    nil, "", "image/png", "IMAGE/PNG; charset=binary", "application/octet-stream", "application/x-www-form-urlencoded",
  ])
  func `what a picture is shows in its bytes where nothing else is said`(type: String?) throws {
    var fields = HeaderFields()
    if let type { fields.append("Content-Type", type) }
    #expect(try Gate().post(fields: fields, body: try Gate.png()).status == .ok)
  }

  @Test func `the model can be named`() throws {
    let gate = try Gate()
    let response = try gate.post("/v1/models/colours/classify", body: try Gate.png(0))
    #expect(try response.object["label"] as? String == "blue")
    #expect(response.notes["route"] == "/v1/models/{name}/classify")
  }

  struct Wrong: Sendable, CustomStringConvertible {
    let description: String
    let status: Int
    let error: String
    var fields: HeaderFields = [:]
    var body: @Sendable () throws -> [UInt8]
    /// What stands in the answer, as it does there.
    var members: [String: String] = [:]
  }

  @Test(arguments: [
    Wrong(description: "no byte", status: 400, error: "empty_body") { [] },
    Wrong(description: "no picture", status: 415, error: "unsupported_image_format") {
      Array("GIF89a, a picture".utf8)
    },
    Wrong(
      description: "another picture than was said", status: 415, error: "image_type_mismatch",
      fields: ["Content-Type": "image/jpeg"], body: { try Gate.png() },
      members: ["declared": "image/jpeg", "found": "image/png"]),
    Wrong(description: "half a picture", status: 422, error: "damaged_image") { Array(try Gate.png().prefix(400)) },
    Wrong(description: "a large picture", status: 413, error: "image_too_large") {
      try ImageEncoder.png(Picture(width: 101, height: 100, pixels: [UInt8](repeating: 0, count: 30_300)))
    },
    Wrong(description: "a form without parts", status: 400, error: "no_parts", fields: Form.fields) { Form.body([]) },
    Wrong(description: "a form that ends early", status: 400, error: "malformed_multipart", fields: Form.fields) {
      Array(Form.body([.init(bytes: try Gate.png())]).dropLast(30))
    },
    Wrong(
      description: "a form with another field", status: 400, error: "unexpected_part", fields: Form.fields,
      body: { Form.body([.init(bytes: try Gate.png()), .init(name: "threshold", bytes: Array("0".utf8))]) },
      members: ["part": "threshold"]),
    Wrong(description: "a form with too many parts", status: 413, error: "too_many_parts", fields: Form.fields) {
      let picture = try Gate.png()
      return Form.body((0..<4).map { _ in .init(bytes: picture) })
    },
    Wrong(description: "an empty form", status: 400, error: "empty_body", fields: Form.fields) { [] },
  ])
  func `what is wrong with a body is named`(_ wrong: Wrong) throws {
    var settings = Gate.settings
    settings.limits.pixels = 10_000
    var routes = ClassifyRoute.Settings()
    routes.parts = 3
    let gate = try Gate(settings, routes: routes)
    let response = try gate.post(fields: wrong.fields, body: try wrong.body())
    #expect(response.status.code == wrong.status && response.error == wrong.error)
    #expect(response.fields["Content-Type"] == "application/problem+json")
    let object = try response.object
    for (name, value) in wrong.members { #expect(object[name] as? String == value) }
    #expect(object["request_id"] as? String == response.fields["X-Request-Id"])
    #expect(gate.log.refusals == [.undecodable] && gate.log.received == 1 && gate.log.runs.isEmpty)
    #expect(gate.classifier.occupied == 0)
    // And the next one is answered.
    #expect(try gate.post(body: try Gate.png()).status == .ok)
  }

  @Test(
    arguments: [
      ("/v1/classify", ["Content-Type": "text/plain"], 415, "unsupported_media_type", "Accept"),
      ("/v1/classify", ["Content-Type": "image/gif"], 415, "unsupported_media_type", "Accept"),
      ("/v1/classify", ["Content-Type": "nonsense"], 415, "unsupported_media_type", "Accept"),
      (
        "/v1/classify", ["Content-Type": "image/png", "content-type": "image/png"], 415, "unsupported_media_type",
        "Accept"
      ),
      ("/v1/classify", ["Content-Encoding": "br"], 415, "unsupported_content_coding", "Accept-Encoding"),
      ("/v1/models/shapes/classify", [:], 404, "unknown_model", "X-Request-Id"),
    ] as [(String, HeaderFields, Int, String, String)])
  func `what is wrong with a head is said before the body is sent`(
    path: String, fields: HeaderFields, status: Int, error: String, field: String
  ) throws {
    let gate = try Gate()
    let response = try gate.answer(.post, path, fields: fields, framing: .length(100))
    #expect(response.status.code == status && response.error == error && response.fields[field] != nil)
    #expect(gate.log.events.isEmpty)
  }

  @Test func `the body's limit is asked of its length before it is sent`() throws {
    var routes = ClassifyRoute.Settings()
    routes.bodyBytes = 1000
    let gate = try Gate(routes: routes)
    #expect(try gate.answer(.post, "/v1/classify", framing: .length(1001)).status == .contentTooLarge)
    #expect(try gate.answer(.post, "/v1/classify").status == .lengthRequired)
  }

  @Test func `a form's only picture is answered like one by itself`() throws {
    let body = Form.body([.init(fileName: "a.png", type: "image/png", bytes: try Gate.png(2))])
    let object = try Gate().post(fields: Form.fields, body: body).object
    #expect(object["label"] as? String == "red" && object["image"] as? String == "a.png")
  }

  @Test func `the pictures of a form are answered in their order, and one's fault is not the others'`() throws {
    let gate = try Gate()
    let body = Form.body([
      .init(fileName: "red.png", type: "image/png", bytes: try Gate.png(2)),
      .init(fileName: "none.png", bytes: Array("nothing".utf8)),
      .init(type: "application/octet-stream", bytes: try Gate.png(0)),
      .init(fileName: "not.jpg", type: "image/jpeg", bytes: try Gate.png(0)),
    ])
    let response = try gate.post(fields: Form.fields, body: body)
    #expect(response.status == .ok)
    let object = try response.object
    #expect(Set(object.keys) == ["verdicts", "request_id", "elapsed_ms"])
    let verdicts = try #require(object["verdicts"] as? [[String: Any]])
    #expect(verdicts.map { $0["label"] as? String } == ["red", nil, "blue", nil])
    #expect(verdicts.map { $0["image"] as? String } == ["red.png", "none.png", nil, "not.jpg"])
    #expect(
      verdicts.map { $0["error"] as? String } == [nil, "unsupported_image_format", nil, "image_type_mismatch"])
    #expect(verdicts.map { $0["status"] as? Int } == [nil, 415, nil, 415])
    #expect(gate.log.received == 4 && gate.log.refusals == [.undecodable, .undecodable])
  }

  @Test func `where no part gets a verdict the answer is a problem`() throws {
    let body = Form.body([.init(bytes: Array("nothing".utf8)), .init(bytes: [])])
    let response = try Gate().post(fields: Form.fields, body: body)
    #expect(response.status == .unsupportedMediaType && response.error == "unsupported_image_format")
    #expect((try response.object["parts"] as? [String])?.count == 2)
  }

  @Test(
    arguments: [
      (ScoreDisclosure.coarse, ["outcome", "label", "score", "threshold", "student", "differentiators"]),
      (.none, ["outcome", "label"]),
    ] as [(ScoreDisclosure, [String])])
  func `scores are disclosed as far as is set`(disclosure: ScoreDisclosure, members: [String]) throws {
    var routes = ClassifyRoute.Settings()
    routes.disclosure = disclosure
    let object = try Gate(routes: routes).post(body: try Gate.png()).object
    #expect(Set(object.keys) == Set(members + ["model", "request_id", "elapsed_ms"]))
    if let score = object["score"] as? Double { #expect((score * 10).rounded() / 10 == score) }
  }

  @Test func `a full queue is an answer at once, and another is taken on when there is room`() throws {
    var settings = Gate.settings
    settings.batching.capacity = 2
    let gate = try Gate(settings)
    let hold = try gate.hold()
    let waiting = try (0..<2).map { _ in try gate.send(body: try Gate.png()) }
    try eventually { gate.log.received == 2 }
    let response = try gate.answer(.post, "/v1/classify", framing: .length(100))
    #expect(response.status == .serviceUnavailable && response.error == "queue_full")
    #expect(response.fields["Retry-After"] == "1")
    hold.letGo()
    for one in waiting { #expect(try one.wait().status == .ok) }
    #expect(try gate.post(body: try Gate.png()).status == .ok)
  }

  @Test func `a form with more pictures than there is room for loses those that are too many`() throws {
    var settings = Gate.settings
    settings.batching.capacity = 2
    let gate = try Gate(settings)
    let hold = try gate.hold()
    let picture = try Gate.png()
    let promised = try gate.send(fields: Form.fields, body: Form.body((0..<3).map { _ in .init(bytes: picture) }))
    try eventually { gate.log.refusals == [.queueFull] }
    hold.letGo()
    let verdicts = try #require(try promised.wait().object["verdicts"] as? [[String: Any]])
    #expect(verdicts.map { $0["outcome"] as? String } == ["accepted", "accepted", nil])
    #expect(verdicts[2]["error"] as? String == "queue_full" && gate.classifier.occupied == 0)
  }

  @Test func `a request past its deadline is answered without asking a network`() throws {
    var settings = Gate.settings
    settings.deadline = .milliseconds(200)
    let gate = try Gate(settings)
    let hold = try gate.hold()
    let promised = try gate.send(body: try Gate.png())
    Thread.sleep(forTimeInterval: 0.25)
    hold.letGo()
    let response = try promised.wait()
    #expect(response.status == .serviceUnavailable && response.error == "deadline_exceeded")
    #expect(response.fields["Retry-After"] == "1")
    #expect(gate.log.refusals == [.deadline] && gate.log.runs.isEmpty)
  }

  @Test func `pictures of several requests share a run`() throws {
    let gate = try Gate()
    try eventually { gate.models.generation()?.largestBatch == 8 }
    let hold = try gate.hold()
    let promised = try (0..<6).map { try gate.send(body: try Gate.png($0 % 3)) }
    try eventually { gate.log.events.count { if case .decoded = $0 { true } else { false } } == 6 }
    hold.letGo()
    let labels = try promised.map { try $0.wait().object["label"] as? String }
    #expect(labels == ["blue", "green", "red", "blue", "green", "red"])
    #expect(gate.log.runs == [6])
  }

  @Test func `a request is answered by the generation that it began with, which goes when it is answered`() throws {
    let gate = try Gate()
    weak let first = gate.models.generation()
    let hold = try gate.hold()
    let before = try gate.send(body: try Gate.png())
    _ = try gate.tiny.bundle().recalibrated(alpha: 0.2, as: 2, of: gate.tiny.model, command: "test")
    try gate.tiny.model.activate(2)
    try gate.models.reload()
    let after = try gate.send(body: try Gate.png())
    #expect(first != nil)
    hold.letGo()
    func version(_ response: Response) throws -> Int? {
      (try response.object["model"] as? [String: Any])?["version"] as? Int
    }
    #expect(try version(before.wait()) == 1)
    #expect(try version(after.wait()) == 2)
    try eventually { first == nil }
  }

  @Test func `generations change under load and every request is answered`() throws {
    var settings = Gate.settings
    (settings.batching.threads, settings.decodingThreads) = (2, 2)
    settings.batching.capacity = 1000
    let gate = try Gate(settings)
    _ = try gate.tiny.bundle().recalibrated(alpha: 0.2, as: 2, of: gate.tiny.model, command: "test")
    let picture = try Gate.png()
    var promised: [Promised<Response>] = []
    for round in 0..<8 {
      promised += try (0..<25).map { _ in try gate.send(body: picture) }
      try gate.tiny.model.activate(round % 2 + 1)
      try gate.models.reload()
    }
    for one in promised {
      let response = try one.wait()
      #expect(response.status == .ok)
      #expect(try response.object["label"] as? String == "green")
    }
  }
}
