import Base
@testable import Defence
import Foundation
@testable import Gateway
import HTTPCore
import HTTPServer
import Logging
import StateStore
import TestSupport
import Testing

/// The administration of a small model of coloured pictures, asked without a socket.
final class Office {
  static let full = "0123456789abcdef0123456789abcdef"
  static let reader = "fedcba9876543210fedcba9876543210"

  let tiny: TinyBundle
  let models: ServedModels
  let events = EventLog()
  let desk: AdministrationDesk
  let around: Administration.Surroundings
  /// Where pictures may be for retraining.
  let data: String

  /// - Parameter state: the folder for the state.
  init(state: String? = nil, change: (inout GatewayConfiguration) -> Void = { _ in }) throws {
    tiny = try TinyBundle()
    _ = try tiny.bundle().recalibrated(alpha: 0.2, as: 2, of: tiny.model, command: "test")
    data = tiny.folder.path("data")
    try FileAccess.makeFolder(data)
    let tokens = tiny.folder.path("tokens")
    try FileAccess.replace(tokens, with: Array("alice full \(Self.full)\nbob read \(Self.reader)\n".utf8))
    var configuration = GatewayConfiguration()
    configuration.models.directory = tiny.folder.path("")
    configuration.administration.tokenFile = tokens
    configuration.administration.stateFolder = state ?? tiny.folder.path("state")
    configuration.retraining.data = [data]
    change(&configuration)
    var settings = ServedModels.Settings(folder: tiny.folder.path(""))
    settings.threads = 1
    models = try ServedModels(settings)
    let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let desk = AdministrationDesk(try TokenFile(contentsOf: tokens), configuration, log: log)
    self.desk = desk
    around = Administration.Surroundings(
      models: models, classifier: Classifier(Gate.settings, observer: events), rejections: RejectionLog(),
      readiness: Readiness(), drift: DriftMonitor(.init()), verdicts: VerdictCounter(),
      metrics: try GatewayMetrics(version: "1.2.3"), log: log, version: "1.2.3",
      settings: { desk.configuration }, changed: {})
  }

  deinit { desk.stop() }

  /// Opens the state.
  func open() -> Bool { desk.open(around) }

  /// An office that is open.
  static func opened(_ change: (inout GatewayConfiguration) -> Void = { _ in }) throws -> Office {
    let office = try Office(change: change)
    try #require(office.open())
    return office
  }

  /// The answer to a request.
  func ask(
    _ method: HTTPMethod, _ path: String, _ body: String? = nil, token: String? = Office.full,
    fields: [(String, String)] = []
  ) throws -> Response {
    var all: HeaderFields = [:]
    if let token { all.append("Authorization", "Bearer \(token)") }
    if body != nil { all.append("Content-Type", "application/json") }
    for (name, value) in fields { all.set(name, value) }
    return try send(method, path, Array((body ?? "").utf8), all)
  }

  /// The answer to a request with these fields.
  func send(_ method: HTTPMethod, _ target: String, _ body: [UInt8], _ fields: HeaderFields) throws -> Response {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    let head = RequestHead(
      method: method, target: .origin(path: parts[0], query: parts.count > 1 ? parts[1] : nil), fields: fields,
      framing: body.isEmpty ? .none : .length(body.count))
    let promised = Promised<Response>()
    switch desk.handler.receive(head, from: Gate.peer) {
    case .answer(let response): return response
    case .gather(let limit, let then):
      guard body.count <= limit else { throw Gate.Unexpected("the server would refuse so long a body") }
      let responder = Responder { response, _ in promised.give(response) }
      then(Request(head: head, body: body, peer: Gate.peer), responder)
    }
    return try promised.wait()
  }
}

extension Response {
  /// The body as JSON.
  var json: [String: Any] {
    get throws { try #require(JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) }
  }

  /// The word of a problem.
  var problem: String? { (try? json)?["error"] as? String }
  /// The sentence of a problem.
  var detail: String { (try? json)?["detail"] as? String ?? "" }
}
