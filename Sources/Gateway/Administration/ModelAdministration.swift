internal import Defence
internal import Foundation
internal import HTTPCore
internal import ModelStore
internal import Retraining
internal import StateStore

/// What administrators see of models and their versions, and do with them.
struct ModelAdministration: Sendable {
  let models: ServedModels
  let lifecycle: ModelLifecycle
  let activations: ActivationTable
  let jobs: JobTable
  let drift: DriftMonitor

  /// A model, as it is answered.
  struct Model: Encodable {
    struct Serving: Encodable {
      var version: Int
      var digest: String
      var servedSince: Date
    }

    var name: String
    @Always var current: Int?
    var serving: Serving
    @Always var rollBackTo: Int?
    var drift: DriftMonitor.Report
    var versions: [Version]
  }

  /// A version, as it is answered.
  struct Version: Encodable {
    enum State: String, Encodable {
      case current, candidate, retired, unsound
    }

    struct Training: Encodable {
      var data: String
      var trainingPictures: Int
      var withheldPictures: Int
      var seed: UInt64
      var seconds: Int
    }

    var version: Int
    var state: State
    var bytes: Int
    /// Left out if the version can be read.
    var fault: String?
    var digest: String?
    var created: String?
    var labels: [String]?
    var differentiators: Int?
    var asked: Int?
    var alpha: Double?
    var policy: String?
    var aggregation: String?
    var training: Training?
    var measured: [CleanMeasurement]?
    @Always var job: String?
    @Always var gate: GateReport?
  }

  private struct Models: Encodable { var models: [Model] }
  private struct Activations: Encodable { var activations: [Activation] }

  /// A change, as it is answered.
  private struct Changed: Encodable {
    let change: ModelLifecycle.Change
    private enum Key: CodingKey { case digest, servedSince }

    func encode(to encoder: any Encoder) throws {
      try change.activation.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(change.digest, forKey: .digest)
      try container.encode(change.since, forKey: .servedSince)
    }
  }

  private struct ActivateBody: AdminBody {
    static let names: Set = ["version", "if_current"]
    var version: Int
    var ifCurrent: Int?
  }

  private struct RollBackBody: AdminBody {
    static let names: Set = ["if_current"]
    var ifCurrent: Int?
  }

  /// The routes.
  var routes: [AdminRoute] {
    let model = "/admin/v1/models/{name}"
    let named: @Sendable (RoutedRequest) -> String = { $0.parameters["name"] ?? "" }
    let numbered: @Sendable (RoutedRequest) -> String = { "\(named($0))/\($0.parameters["version"] ?? "")" }
    return [
      .get("/admin/v1/models") { (request) throws(AdminProblem) in
        _ = try request.query()
        return AdminJSON.response(Models(models: try all()))
      },
      .get(model) { (request) throws(AdminProblem) in
        AdminJSON.response(try self.model(request.parameter("name")))
      },
      .get("\(model)/versions/{version}") { (request) throws(AdminProblem) in
        let name = request.parameter("name")
        let stored = try lifecycle.stored(name)
        let (number, made) = (try Self.number(request), try made(name))
        do throws(ModelStoreError) {
          return AdminJSON.response(version(try stored.version(number), of: stored, made))
        } catch {
          throw AdminProblem(error)
        }
      },
      .change(.delete, "\(model)/versions/{version}", action: "model.delete", target: numbered) {
        (request) throws(AdminProblem) in
        try lifecycle.remove(try Self.number(request), of: request.parameter("name"))
        return Response(.noContent)
      },
      .get("\(model)/activations") { (request) throws(AdminProblem) in
        let name = request.parameter("name")
        _ = try lifecycle.stored(name)
        let limit = try AdminRequest.number(try request.query("limit")["limit"], "limit", 1...1000, default: 100)
        do throws(StateError) {
          return AdminJSON.response(Activations(activations: try activations.list(model: name, limit: limit)))
        } catch {
          throw AdminProblem(error)
        }
      },
      .change(.post, "\(model)/activate", action: "model.activate", target: named, isIdempotent: true) {
        (request) throws(AdminProblem) in
        let body = try request.members(ActivateBody.self)
        let name = request.parameter("name")
        let change = try lifecycle.activate(
          body.version, of: name, ifCurrent: body.ifCurrent, by: request.administrator.name)
        return Self.response(change)
      },
      .change(.post, "\(model)/roll-back", action: "model.roll_back", target: named, isIdempotent: true) {
        (request) throws(AdminProblem) in
        let body = try request.members(RollBackBody.self, isOptional: true)
        let change = try lifecycle.rollBack(
          request.parameter("name"), ifCurrent: body.ifCurrent, by: request.administrator.name)
        return Self.response(change)
      },
    ]
  }

  /// Every model.
  func all() throws(AdminProblem) -> [Model] {
    var all: [Model] = []
    for generation in models.all {
      // A bundle that stands by itself has no versions.
      guard (try? StoredModel(of: generation.record)) != nil else { continue }
      all.append(try model(generation.record.manifest.name))
    }
    return all
  }

  private func model(_ name: String) throws(AdminProblem) -> Model {
    let stored = try lifecycle.stored(name)
    guard let generation = models.generation(named: name) else {
      throw .unknownModel(name, among: models)
    }
    let made = try made(name)
    return Model(
      name: name, current: stored.current,
      serving: .init(
        version: generation.record.manifest.version, digest: generation.record.digest, servedSince: generation.since),
      rollBackTo: try lifecycle.rollBackVersion(name), drift: drift.report(name),
      versions: stored.versions.map { version($0, of: stored, made) })
  }

  /// The jobs that made versions of a model, and those that were current once.
  private func made(_ name: String) throws(AdminProblem) -> (jobs: [Int: Job], activated: Set<Int>) {
    do throws(StateError) {
      let jobs = try jobs.list(model: name, state: nil, before: nil, limit: 1000)
      let pairs = jobs.compactMap { job in job.version.map { ($0, job) } }
      return (
        Dictionary(pairs, uniquingKeysWith: { first, _ in first }), Set(try activations.all(model: name).map(\.version))
      )
    } catch {
      throw AdminProblem(error)
    }
  }

  private func version(
    _ stored: StoredVersion, of model: StoredModel, _ made: (jobs: [Int: Job], activated: Set<Int>)
  ) -> Version {
    let job = made.jobs[stored.number]
    switch stored.record {
    case .failure(let error):
      return Version(
        version: stored.number, state: .unsound, bytes: stored.bytes, fault: "\(error)", job: job?.id, gate: job?.gate)
    case .success(let record):
      let manifest = record.manifest
      let state: Version.State =
        stored.number == model.current ? .current : made.activated.contains(stored.number) ? .retired : .candidate
      return Version(
        version: stored.number, state: state, bytes: stored.bytes, digest: record.digest, created: manifest.created,
        labels: manifest.labels, differentiators: manifest.differentiators.count, asked: manifest.selection.count,
        alpha: record.calibration.alpha, policy: manifest.policy.rawValue,
        aggregation: record.calibration.aggregation.rawValue,
        training: .init(
          data: manifest.training.data, trainingPictures: manifest.training.trainingPictures,
          withheldPictures: manifest.training.withheldPictures, seed: manifest.training.seed,
          seconds: manifest.training.seconds),
        measured: manifest.measured, job: job?.id, gate: job?.gate)
    }
  }

  private static func number(_ request: AdminRequest) throws(AdminProblem) -> Int {
    let text = request.parameter("version")
    guard let number = Int(digits: text), ModelFolder.versionNumbers.contains(number) else {
      throw .bad("'\(text)' is no version's number; it must be 1 to \(ModelFolder.versionNumbers.upperBound)")
    }
    return number
  }

  private static func response(_ change: ModelLifecycle.Change) -> Response {
    var response = AdminJSON.response(Changed(change: change))
    let activation = change.activation
    response.notes["audit"] =
      "version \(activation.version) is current" + (activation.previous.map { ", before it was version \($0)" } ?? "")
    return response
  }
}
