import Base
import Defence
import Digests
import Foundation
@testable import Gateway
import HTTPCore
import HTTPServer
import Logging
import StateStore
import TestSupport
import Testing

@Suite struct ReviewAdministrationTests {
  private let keeping: Keeping
  private let tiny: TinyBundle
  private let published = LockBox<[KeptRejection]>([])
  private let router: Router
  private let token = "0123456789abcdef0123456789abcdef"
  private let reader = "fedcba9876543210fedcba9876543210"

  init() throws {
    keeping = try Keeping()
    tiny = try TinyBundle()
    var settings = ServedModels.Settings(folder: tiny.folder.path(""))
    settings.threads = 1
    let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    try FileAccess.replace(
      tiny.folder.path("tokens"), with: Array("alice full \(token)\nbob read \(reader)\n".utf8))
    let gate = AdminGate(try TokenFile(contentsOf: tiny.folder.path("tokens")), failures: 3)
    let review = ReviewAdministration(pictures: keeping.pictures, models: try ServedModels(settings)) {
      [published] rejection in published.withLock { $0.append(rejection) }
    }
    router = Router(
      AdminRouter(
        gate: gate, audit: AuditLog(table: keeping.state.audit, log: log),
        idempotency: Idempotency(table: keeping.state.idempotency)
      ).routes(review.routes))
    for (second, name) in ["a", "b", "c"].enumerated() { keeping.take(keeping.picture(name, after: Double(second))) }
    keeping.take(keeping.picture("a", model: "retired", after: 3))
  }

  // MARK: Looking

  @Test func `rejections are listed newest first, with every member and the figures`() throws {
    let object = try ask(.get, "rejections").object
    let rejections = try #require(object["rejections"] as? [[String: Any]])
    #expect(
      rejections.map { "\($0["model"] ?? "") \($0["digest"] ?? "")" }
        == ["retired \("a".digest)", "colours \("c".digest)", "colours \("b".digest)", "colours \("a".digest)"])
    #expect(
      Set(rejections[0].keys) == [
        "digest", "model", "version", "label", "confidence", "score", "threshold", "reason", "opinions", "media_type",
        "bytes", "time", "count", "request_id", "review",
      ])
    #expect(rejections[0]["review"] is NSNull)
    #expect(rejections[3]["time"] as? String == "2026-05-09T06:13:20.000Z")
    #expect(object["figures"] as? [String: Int] == ["kept": 4, "unreviewed": 4, "confirmed": 0, "overturned": 0])
  }

  @Test func `the list goes page by page, by model and by review`() throws {
    try keeping.review("b")
    try keeping.review("c", .adversarial)
    #expect(try digests("rejections", "model=colours&limit=2") == ["c", "b"].map(\.digest))
    #expect(try digests("rejections", "model=colours&limit=2&before=colours/\("b".digest)") == ["a".digest])
    #expect(try digests("rejections", "before=colours/\("c".digest)") == ["b", "a"].map(\.digest))
    #expect(try digests("rejections", "review=genuine") == ["b".digest])
    #expect(try digests("rejections", "review=adversarial") == ["c".digest])
    #expect(try digests("rejections", "review=unreviewed&model=colours") == ["a".digest])
    let figures = try ask(.get, "rejections", query: "model=colours&limit=1").object["figures"] as? [String: Int]
    #expect(figures == ["kept": 3, "unreviewed": 1, "confirmed": 1, "overturned": 1])
  }

  @Test(arguments: [
    "limit=0", "limit=x", "review=good", "before=abc", "before=colours/..", "other=1", "model=a&model=b",
  ]) func `a query that makes no sense is said to be so`(query: String) throws {
    let response = try ask(.get, "rejections", query: query)
    #expect((response.status, response.error) == (.badRequest, "bad_request"))
  }

  @Test func `one rejection and its picture can be seen by who may only look`() throws {
    let path = "models/colours/rejections/\("a".digest)"
    let response = try ask(.get, path, token: reader)
    #expect(try response.object["digest"] as? String == "a".digest)
    let picture = try ask(.get, "\(path)/picture", token: reader)
    #expect(picture.body == Array("a".utf8))
    #expect(picture.fields["Content-Type"] == "image/png")
    #expect(picture.fields["X-Content-Type-Options"] == "nosniff")
    #expect(picture.fields["Content-Security-Policy"] == "default-src 'none'; sandbox")
    #expect(try ask(.get, "\(path)/picture", token: "").status == .unauthorized)
    #expect(try ask(.put, "\(path)/review", #"{"kind": "adversarial"}"#, token: reader).status == .forbidden)
    #expect(try ask(.delete, path, token: reader).status == .forbidden)
    #expect(try keeping.kept().count == 4)
  }

  @Test(arguments: [
    "models/colours/rejections/\(String(repeating: "0", count: 64))", "models/other/rejections/\("a".digest)",
    "models/colours/rejections/..%2F..%2Fstate.sqlite", "models/colours/rejections/\("a".digest.uppercased())",
  ]) func `what is not there is not found, whatever is asked of it`(path: String) throws {
    for (method, path, body) in [
      (HTTPMethod.get, path, ""), (.get, "\(path)/picture", ""), (.delete, path, ""), (.delete, "\(path)/review", ""),
      (.put, "\(path)/review", #"{"kind": "adversarial"}"#),
      (.put, "\(path)/review", #"{"kind": "genuine", "label": "green"}"#),
    ] {
      let response = try ask(method, path, body)
      #expect((response.status, response.error) == (.notFound, "unknown_rejection"))
    }
    #expect(try keeping.kept().count == 4)
  }

  @Test func `a picture whose file is gone is not found`() throws {
    try FileManager.default.removeItem(atPath: keeping.path("b".digest))
    let response = try ask(.get, "models/colours/rejections/\("b".digest)/picture")
    #expect((response.status, response.error) == (.notFound, "unknown_rejection"))
  }

  // MARK: Judging

  @Test func `a rejection is overturned, confirmed and taken back; each is told and written down`() throws {
    let path = "models/colours/rejections/\("a".digest)"
    var response = try ask(.put, "\(path)/review", #"{"kind": "genuine", "label": "red"}"#)
    #expect(response.status == .ok)
    let review = try #require(response.object["review"] as? [String: Any])
    #expect(review["kind"] as? String == "genuine")
    #expect(review["label"] as? String == "red")
    #expect(review["actor"] as? String == "alice")
    #expect(try keeping.state.rejections.figures() == .init(kept: 4, unreviewed: 3, overturned: 1))
    response = try ask(.put, "\(path)/review", #"{"kind": "adversarial"}"#)
    #expect((try response.object["review"] as? [String: Any])?["label"] is NSNull)
    #expect(try keeping.state.rejections.figures() == .init(kept: 4, unreviewed: 3, confirmed: 1))
    response = try ask(.delete, "\(path)/review")
    #expect(response.status == .ok)
    #expect(try response.object["review"] is NSNull)
    #expect(published.withLock { $0.map(\.review?.kind) } == [.genuine, .adversarial, nil])
    #expect(try ask(.delete, path).status == .noContent)
    #expect(try ask(.delete, path).status == .notFound)
    #expect(
      try keeping.state.audit.list(limit: 10).map { "\($0.actor) \($0.action) \($0.outcome) \($0.detail)" } == [
        "alice rejection.delete refused no rejection of '\("a".digest)' by 'colours' is kept",
        "alice rejection.delete succeeded ", "alice rejection.unreview succeeded ",
        "alice rejection.review succeeded adversarial", "alice rejection.review succeeded genuine: red",
      ])
    #expect(try keeping.state.audit.list(limit: 1)[0].target == "colours/\("a".digest)")
    #expect(try keeping.files.contains("a".digest), "another model's rejection has the same file")
  }

  @Test func `a label that the model has not is refused, and those it has are told`() throws {
    let response = try ask(
      .put, "models/colours/rejections/\("a".digest)/review", #"{"kind": "genuine", "label": "purple"}"#)
    #expect((response.status, response.error) == (.unprocessableContent, "unknown_label"))
    #expect(try response.object["labels"] as? [String] == tiny.bundle().manifest.labels)
    #expect(try keeping.state.rejections.figures().unreviewed == 4)
  }

  @Test func `labels of a model that is not served cannot be checked; adversarial can be said all the same`() throws {
    let path = "models/retired/rejections/\("a".digest)/review"
    let response = try ask(.put, path, #"{"kind": "genuine", "label": "green"}"#)
    #expect((response.status, response.error) == (.notFound, "unknown_model"))
    #expect(try ask(.put, path, #"{"kind": "adversarial"}"#).status == .ok)
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"kind": "good"}"#, #"{"kind": "genuine"}"#, #"{"kind": "adversarial", "label": "green"}"#,
    #"{"kind": 1}"#, #"{"kind": "adversarial", "by": "mallory"}"#, #"{"kind": "genuine", "label": ["green"]}"#,
  ]) func `a review that is none is refused`(body: String) throws {
    let response = try ask(.put, "models/colours/rejections/\("a".digest)/review", body)
    #expect((response.status, response.error) == (.badRequest, "bad_request"))
    #expect(published.withLock { $0.isEmpty })
  }

  @Test func `a state that cannot be written is said to be so`() throws {
    try FileManager.default.removeItem(atPath: keeping.path(""))
    try FileAccess.replace(keeping.folder.path("state/review"), with: [])
    let response = try ask(.get, "models/colours/rejections/\("b".digest)/picture")
    #expect((response.status, response.error) == (.serviceUnavailable, "state_unavailable"))
  }

  /// Asks with alice's token, unless told otherwise.
  private func ask(
    _ method: HTTPMethod, _ path: String, _ body: String = "", query: String? = nil, token: String? = nil
  ) throws -> Response {
    let promised = Promised<Response>()
    let token = token ?? self.token
    let fields: HeaderFields = token.isEmpty ? [:] : ["Authorization": "Bearer \(token)"]
    let head = RequestHead(
      method: method, target: .origin(path: "/admin/v1/\(path)", query: query), fields: fields,
      framing: body.isEmpty ? .none : .length(body.utf8.count))
    switch router.receive(head, from: Gate.peer) {
    case .answer(let response): return response
    case .gather(_, let then):
      let request = Request(head: head, body: Array(body.utf8), peer: Gate.peer)
      then(request, Responder { response, _ in promised.give(response) })
    }
    return try promised.wait()
  }

  private func digests(_ path: String, _ query: String) throws -> [String] {
    let rejections = try ask(.get, path, query: query).object["rejections"] as? [[String: Any]]
    return try #require(rejections).compactMap { $0["digest"] as? String }
  }
}
