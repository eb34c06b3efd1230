internal import Metrics
internal import StateStore

/// What is counted of the models' life: which versions came to serve, how retrainings ended, what people said of
/// rejections, and how much the versions that serve reject.
final class LifecycleMetrics: Sendable {
  private let rates: MetricFamily<Gauge>
  private let drifts: MetricFamily<Gauge>
  private let activations: MetricFamily<Counter>
  private let jobs: MetricFamily<Counter>
  private let reviews: MetricFamily<Gauge>

  init(_ registry: MetricsRegistry) throws(MetricsError) {
    rates = try registry.gauges(
      "distinguo_model_rejection_rate",
      help: "The share of pictures that a model's present version rejected within drift.window.", labels: ["model"])
    drifts = try registry.gauges(
      "distinguo_model_drift", help: "1 if that is more than drift.bound, 0 if not.", labels: ["model"])
    activations = try registry.counters(
      "distinguo_activations_total", help: "Versions that came to serve, by model and by how that came.",
      labels: ["model", "kind"])
    jobs = try registry.counters(
      "distinguo_retraining_jobs_total", help: "Retrainings that ended, by how.", labels: ["outcome"])
    for state in [Job.State.succeeded, .failed, .cancelled] { _ = jobs[state.rawValue] }
    reviews = try registry.gauges(
      "distinguo_kept_rejections", help: "Rejected pictures that are kept, by what people said of them.",
      labels: ["review"])
  }

  /// Says how much each model rejects at the moment.
  func setDrift(_ reports: [String: DriftMonitor.Report]) {
    let sorted = reports.sorted { $0.key < $1.key }
    var next = sorted.makeIterator()
    rates.replaceAll(with: sorted.map { [$0.key] }) { $0.set(next.next()?.value.rejectionRate ?? 0) }
    next = sorted.makeIterator()
    drifts.replaceAll(with: sorted.map { [$0.key] }) { $0.set(next.next()?.value.isExceeded == true ? 1 : 0) }
  }

  /// Counts a version that came to serve.
  func count(_ activation: Activation) { activations[activation.model, activation.kind.rawValue].increment() }

  /// Counts a retraining that ended.
  func countEnd(_ state: Job.State) { jobs[state.rawValue].increment() }

  /// Says what is kept.
  func setReviews(_ figures: ReviewFigures) {
    reviews["unreviewed"].set(Double(figures.unreviewed))
    reviews["confirmed"].set(Double(figures.confirmed))
    reviews["overturned"].set(Double(figures.overturned))
  }
}
