import Base
@testable import Defence
import Foundation
@testable import Gateway
import HTTPCore
import HTTPServer
import Images
import StateStore
import TestSupport
import Testing

@Suite struct AdminRoutesTests {
  private let office: Office
  private let colours = "/admin/v1/models/colours"

  init() throws { office = try Office.opened() }

  private func serving() throws -> Int {
    try #require(office.models.generation(named: "colours")).record.manifest.version
  }

  private func audit() throws -> [String] {
    let entries = try office.ask(.get, "/admin/v1/audit").json["entries"] as? [[String: Any]]
    return try #require(entries).map { "\($0["actor"]!) \($0["action"]!) \($0["target"]!) \($0["outcome"]!)" }
  }

  // MARK: Who may

  @Test(arguments: [
    ("GET", "/admin/v1/overview"), ("GET", "/admin/v1/models"), ("GET", "/admin/v1/models/colours"),
    ("GET", "/admin/v1/models/colours/versions/1"), ("DELETE", "/admin/v1/models/colours/versions/2"),
    ("GET", "/admin/v1/models/colours/activations"), ("POST", "/admin/v1/models/colours/activate"),
    ("POST", "/admin/v1/models/colours/roll-back"), ("POST", "/admin/v1/models/colours/classify"),
    ("POST", "/admin/v1/retraining-jobs"), ("GET", "/admin/v1/retraining-jobs"),
    ("GET", "/admin/v1/retraining-jobs/x"), ("DELETE", "/admin/v1/retraining-jobs/x"),
    ("GET", "/admin/v1/retraining-jobs/x/events"), ("GET", "/admin/v1/events"), ("GET", "/admin/v1/series"),
    ("GET", "/admin/v1/audit"), ("GET", "/admin/v1/rejections"),
    ("PUT", "/admin/v1/models/colours/rejections/x/review"),
  ])
  func `nothing is told or done without a token, and nothing changed by who may only look`(
    method: String, path: String
  ) throws {
    let method = HTTPMethod(rawValue: method)
    #expect(try office.ask(method, path, token: nil).status == .unauthorized)
    #expect(try office.ask(method, path, token: "wrong").status == .unauthorized)
    let isChange = method != .get && !path.hasSuffix("/classify")
    guard isChange else { return }
    #expect(try office.ask(method, path, token: Office.reader).problem == "forbidden")
    #expect(try serving() == 1)
  }

  @Test func `the page needs no token, and may do nothing but talk to its gateway`() throws {
    let response = try office.ask(.get, "/", token: nil)
    #expect(response.status == .ok)
    let policy = try #require(response.fields["Content-Security-Policy"])
    #expect(policy.hasPrefix("default-src 'none'; script-src 'self';"))
    #expect(!policy.contains("unsafe"))
    #expect(String(decoding: response.body, as: UTF8.self).hasPrefix("<!doctype html>"))
  }

  // MARK: Versions

  @Test func `a version that is activated is told with what was before, and rolled back`() throws {
    let change = try office.ask(.post, "\(colours)/activate", #"{"version": 2, "if_current": 1}"#)
    #expect(change.status == .ok)
    #expect(try change.json["previous"] as? Int == 1)
    #expect(try change.json["kind"] as? String == "activate")
    #expect(try serving() == 2)
    let model = try office.ask(.get, colours).json
    #expect(model["current"] as? Int == 2)
    #expect(model["roll_back_to"] as? Int == 1)
    let states = (model["versions"] as? [[String: Any]])?.map { "\($0["version"]!) \($0["state"]!)" }
    #expect(states == ["2 current", "1 retired"])
    #expect(try office.ask(.post, "\(colours)/roll-back").json["version"] as? Int == 1)
    #expect(try serving() == 1)
    #expect(try office.ask(.post, "\(colours)/roll-back").problem == "nothing_to_roll_back_to")
    #expect(
      try audit() == [
        "alice model.roll_back colours refused", "alice model.roll_back colours succeeded",
        "alice model.activate colours succeeded",
      ])
  }

  @Test func `a version is removed once, and the current one never`() throws {
    #expect(try office.ask(.delete, "\(colours)/versions/1").problem == "version_in_use")
    #expect(try office.ask(.delete, "\(colours)/versions/2").status == .noContent)
    #expect(try office.ask(.delete, "\(colours)/versions/2").problem == "unknown_version")
    #expect(try office.ask(.get, "\(colours)/versions/2").problem == "unknown_version")
  }

  @Test(arguments: [
    ("{}", "the member 'version' is missing"), ("", "the body is no JSON object"),
    ("[1]", "the body must be a JSON object"), (#"{"version": "2"}"#, "the member 'version' must be a whole number"),
    (#"{"version": 2, "force": true}"#, "there is no member 'force'; there are: if_current, version"),
    (#"{"version": 2.5}"#, "a number that is out of range or not whole"),
  ])
  func `a body that is wrong is said to be so, and nothing happens`(body: String, detail: String) throws {
    let response = try office.ask(.post, "\(colours)/activate", body)
    #expect(response.problem == "bad_request")
    #expect(response.detail.hasPrefix(detail), "\(response.detail)")
    #expect(try serving() == 1)
  }

  @Test func `a body of another kind is refused`() throws {
    let response = try office.ask(
      .post, "\(colours)/activate", "version=2", fields: [("Content-Type", "application/x-www-form-urlencoded")])
    #expect(response.status == .unsupportedMediaType)
    #expect(response.fields["Accept"] == "application/json")
  }

  @Test(arguments: [
    "/admin/v1/audit?limit=0", "/admin/v1/audit?limit=1001", "/admin/v1/audit?limit=x", "/admin/v1/audit?other=1",
    "/admin/v1/audit?limit=1&limit=2", "/admin/v1/series?window=year", "/admin/v1/models?x=1",
    "/admin/v1/models/colours/versions/01x", "/admin/v1/models/colours/versions/0",
    "/admin/v1/retraining-jobs?state=happy", "/admin/v1/retraining-jobs?limit=-1",
  ])
  func `a query or a number that makes no sense is said to be so`(target: String) throws {
    #expect(try office.ask(.get, target).problem == "bad_request")
  }

  // MARK: Once and only once

  @Test func `what has the same key is done once and answered twice`() throws {
    let key = [("Idempotency-Key", "\"a-1\"")]
    let first = try office.ask(.post, "\(colours)/activate", #"{"version": 2}"#, fields: key)
    _ = try office.ask(.post, "\(colours)/activate", #"{"version": 1}"#)
    let again = try office.ask(.post, "\(colours)/activate", #"{"version": 2}"#, fields: key)
    #expect(again.body == first.body)
    #expect(first.fields["Idempotent-Replayed"] == nil)
    #expect(again.fields["Idempotent-Replayed"] == "true")
    #expect(try serving() == 1)
  }

  @Test func `a key is for one request, one who asks, and is none without characters`() throws {
    let key = [("Idempotency-Key", "k")]
    _ = try office.ask(.post, "\(colours)/activate", #"{"version": 2}"#, fields: key)
    let other = try office.ask(.post, "\(colours)/activate", #"{"version": 1}"#, fields: key)
    #expect(other.problem == "idempotency_key_reused")
    for bad in ["", "a b", String(repeating: "x", count: 256)] {
      let response = try office.ask(
        .post, "\(colours)/activate", #"{"version": 1}"#, fields: [("Idempotency-Key", bad)])
      #expect(response.problem == "bad_request")
    }
    #expect(try serving() == 2)
  }

  @Test func `what was refused may be tried again with the same key`() throws {
    let key = [("Idempotency-Key", "k")]
    let body = #"{"version": 3}"#
    #expect(try office.ask(.post, "\(colours)/activate", body, fields: key).problem == "unknown_version")
    _ = try office.tiny.bundle().recalibrated(alpha: 0.3, as: 3, of: office.tiny.model, command: "test")
    #expect(try office.ask(.post, "\(colours)/activate", body, fields: key).status == .ok)
  }

  // MARK: The rest

  @Test func `a picture that is tried is judged with all scores and counted nowhere`() throws {
    let response = try office.send(
      .post, "\(colours)/classify", try Gate.png(), ["Authorization": "Bearer \(Office.reader)"])
    #expect(try response.json["outcome"] as? String == "accepted")
    #expect(try response.json["score"] is Double)
    #expect(office.events.received == 0)
  }

  @Test func `the overview tells who asks and what there is`() throws {
    let overview = try office.ask(.get, "/admin/v1/overview", token: Office.reader).json
    #expect(overview["actor"] as? String == "bob")
    #expect(overview["role"] as? String == "read")
    #expect(overview["version"] as? String == "1.2.3")
    #expect((overview["models"] as? [[String: Any]])?.map { $0["name"] as? String } == ["colours"])
    #expect((overview["review"] as? [String: Any])?["keeps"] as? Bool == false)
  }

  @Test func `the series begins with the gateway and has a slice for each second`() throws {
    let series = try office.ask(.get, "/admin/v1/series?window=minute").json
    #expect(series["slice_seconds"] as? Int == 1)
    #expect((series["slices"] as? [[String: Any]])?.isEmpty == false)
  }

  @Test func `a state that cannot be written is told, serving is not touched, and it is opened when it can be`() throws
  {
    let file = office.tiny.folder.path("file")
    try FileAccess.replace(file, with: [1])
    let other = try Office(state: "\(file)/state")
    #expect(!other.open())
    let response = try other.ask(.get, "/admin/v1/models")
    #expect(response.problem == "state_unavailable")
    #expect(response.fields["Retry-After"] == "5")
    #expect(response.detail.contains("\(file)/state"))
    #expect(other.models.generation(named: "colours") != nil)
    try FileManager.default.removeItem(atPath: file)
    #expect(other.open())
    #expect(try other.ask(.get, "/admin/v1/models").status == .ok)
  }
}
