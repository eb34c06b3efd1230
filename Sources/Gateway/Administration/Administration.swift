internal import Defence
internal import Foundation
internal import HTTPCore
internal import HTTPServer
internal import Logging
internal import ModelStore
internal import StateStore

/// All that administrators can see and do, put together over the gateway's state.
final class Administration: Sendable {
  /// What there is already.
  struct Surroundings: Sendable {
    let models: ServedModels
    let classifier: Classifier
    let rejections: RejectionLog
    let readiness: Readiness
    let drift: DriftMonitor
    let metrics: GatewayMetrics
    let log: Logger
    let version: String
    /// The settings as they are at the moment.
    let settings: @Sendable () -> GatewayConfiguration
    /// Called when other versions serve.
    let changed: @Sendable () -> Void
  }

  /// Which versions serve.
  let lifecycle: ModelLifecycle
  /// What is asked for over HTTP.
  let routes: [Route]
  private let state: StateDatabase
  private let audit: AuditLog
  private let around: Surroundings

  /// Opens the state and goes on with what was unfinished.
  ///
  /// - Parameter gate: who may.
  init(_ around: Surroundings, gate: AdminGate, started: Date) throws(StateError) {
    let settings = around.settings()
    self.around = around
    state = try StateDatabase(folder: settings.administration.stateFolder)
    try state.idempotency.forgetUnanswered()
    audit = AuditLog(table: state.audit, log: around.log)
    let (drift, changed, log) = (around.drift, around.changed, around.log)
    let jobs = state.jobs
    lifecycle = ModelLifecycle(
      around.models, state.activations, keep: settings.models.keep, log: log,
      protected: { model in
        // If the state cannot be read, nothing is removed.
        guard let unfinished = try? jobs.unfinished() else { return Set(ModelFolder.versionNumbers.prefix(100_000)) }
        return Set(unfinished.filter { $0.request.model == model }.compactMap(\.version))
      },
      observe: { change in
        let activation = change.activation
        drift.begin(activation.model, version: activation.version)
        log.notice(
          "another version serves",
          metadata: [
            "model": "\(activation.model)", "version": "\(activation.version)", "by": "\(activation.actor)",
            "kind": "\(activation.kind.rawValue)",
          ])
        changed()
      })
    lifecycle.reconcile()
    let models = ModelAdministration(
      models: around.models, lifecycle: lifecycle, activations: state.activations, jobs: state.jobs, drift: drift)
    let overview = OverviewAdministration(
      models: models, rejections: around.rejections, readiness: around.readiness, jobs: state.jobs,
      kept: state.rejections, audit: state.audit, settings: around.settings, version: around.version, started: started)
    let trial = TrialAdministration(models: around.models, classifier: around.classifier, settings: around.settings)
    let router = AdminRouter(gate: gate, audit: audit, idempotency: Idempotency(table: state.idempotency))
    routes = PageRoutes().routes + router.routes(models.routes + overview.routes + trial.routes)
  }

  /// Takes up other settings.
  func change(_ settings: GatewayConfiguration) {
    lifecycle.keep(settings.models.keep)
    lifecycle.reconcile()
  }

  /// Ends what goes on in the background.
  func stop() {}
}
