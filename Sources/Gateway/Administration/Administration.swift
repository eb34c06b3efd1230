internal import Base
internal import Defence
internal import Dispatch
internal import Foundation
internal import HTTPCore
internal import HTTPServer
internal import Logging
internal import ModelStore
internal import Retraining
internal import StateStore

/// All that administrators can see and do, put together over the gateway's state.
///
/// Sendable unchecked: the timer is not touched between its making and its end.
final class Administration: @unchecked Sendable {
  /// What there is already.
  struct Surroundings: Sendable {
    let models: ServedModels
    let classifier: Classifier
    let rejections: RejectionLog
    let readiness: Readiness
    let drift: DriftMonitor
    let verdicts: VerdictCounter
    let metrics: GatewayMetrics
    let log: Logger
    let version: String
    /// The settings as they are at the moment.
    let settings: @Sendable () -> GatewayConfiguration
    /// Called when other versions serve.
    let changed: @Sendable () -> Void
  }

  /// What is asked for over HTTP.
  let routes: [Route]
  private let around: Surroundings
  private let lifecycle: ModelLifecycle
  private let pictures: RejectedPictures
  private let jobs: JobQueue
  private let news: News
  private let watch: DriftWatch
  private let timer: any DispatchSourceTimer

  /// How often the page hears of verdicts, and drift is looked for.
  private static let interval = DispatchTimeInterval.seconds(1)

  /// Opens the state and goes on with what was unfinished.
  ///
  /// - Parameters:
  ///   - gate: who may.
  ///   - started: since when the gateway runs.
  init(_ around: Surroundings, gate: AdminGate, started: Date) throws(StateError) {
    let settings = around.settings()
    let folder = settings.administration.stateFolder
    let state = try StateDatabase(folder: folder)
    try state.idempotency.forgetUnanswered()
    self.around = around
    let (models, log, metrics, table) = (around.models, around.log, around.metrics, state.jobs)
    let news = News(metrics: metrics, figures: { try? state.rejections.figures() })
    self.news = news
    lifecycle = ModelLifecycle(
      models, state.activations, keep: settings.models.keep, log: log,
      protected: { model in
        let unfinished = try? table.unfinished()
        return unfinished.map { jobs in Set(jobs.filter { $0.request.model == model }.compactMap(\.version)) }
      },
      observe: { [drift = around.drift, changed = around.changed] change in
        drift.begin(change.activation.model, version: change.activation.version)
        news.tell(change.activation)
        changed()
      })
    pictures = RejectedPictures(
      settings.review, folder: "\(folder)/review", table: state.rejections, log: log,
      observe: { news.tell($0, $1) })
    jobs = JobQueue(
      settings.retrainingSettings, jobs: table, folder: "\(folder)/jobs",
      models: RetrainedVersions(models: models, lifecycle: lifecycle, pictures: pictures), observer: news)
    let audit = AuditLog(table: state.audit, log: log)
    watch = DriftWatch(
      .init(
        monitor: around.drift, models: models, lifecycle: lifecycle, metrics: metrics.lifecycle, audit: audit,
        log: log, rollsBack: { [settings = around.settings] in settings().drift.rollsBack }))

    let versions = ModelAdministration(
      models: models, lifecycle: lifecycle, activations: state.activations, jobs: table, drift: around.drift)
    let overview = OverviewAdministration(
      models: versions, rejections: around.rejections, readiness: around.readiness, jobs: table,
      kept: state.rejections, audit: state.audit, news: news, settings: around.settings, version: around.version,
      started: started)
    let trial = TrialAdministration(models: models, classifier: around.classifier, settings: around.settings)
    let retraining = JobAdministration(
      models: models, queue: jobs, folder: "\(folder)/jobs", news: news, settings: around.settings)
    let review = ReviewAdministration(pictures: pictures, models: models, publish: { news.tell($0) })
    let router = AdminRouter(gate: gate, audit: audit, idempotency: Idempotency(table: state.idempotency))
    routes =
      PageRoutes().routes
      + router.routes(versions.routes + overview.routes + trial.routes + retraining.routes + review.routes)
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "distinguo.administration.timer", qos: .utility))
    begin()
  }

  private func begin() {
    lifecycle.reconcile()
    news.retire = { [lifecycle] in lifecycle.retire($0) }
    around.classifier.keepPictures(with: pictures)
    jobs.resume()
    timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval, leeway: .milliseconds(50))
    timer.setEventHandler { @Sendable [news, watch, verdicts = around.verdicts] in
      news.tell(verdicts.take())
      watch.look()
    }
    timer.activate()
  }

  /// Takes up other settings.
  func change(_ settings: GatewayConfiguration) {
    lifecycle.keep(settings.models.keep)
    lifecycle.reconcile()
    pictures.change(settings.review)
    jobs.change(settings.retrainingSettings)
  }

  /// Ends what goes on in the background: streams of events, and a retraining, which goes on at the next start. Blocks for
  /// a few seconds at most.
  func stop() {
    timer.cancel()
    news.end()
    jobs.stop()
    pictures.flush()
  }
}
