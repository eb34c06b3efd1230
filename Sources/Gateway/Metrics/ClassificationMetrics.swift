internal import Defence
internal import Images
internal import Metrics

/// What the classification's events come to: verdicts, differentiators' opinions, the phases of a picture's way.
final class ClassificationMetrics: ClassificationObserver {
  private let received: Counter
  private let refused: [ClassificationEvent.Refusal: Counter]
  private let decoding: MetricFamily<Histogram>
  private let queueing: Histogram
  private let inference: Histogram
  private let batches: Histogram
  private let verdicts: MetricFamily<Counter>
  private let rejections: MetricFamily<Counter>
  private let opinions: MetricFamily<Counter>
  private let scores: MetricFamily<Histogram>

  /// Registers them.
  init(_ registry: MetricsRegistry) throws(MetricsError) {
    received = try registry.counter("distinguo_pictures_received_total", help: "Pictures that were taken on.")
    let refusals = try registry.counters(
      "distinguo_pictures_refused_total", help: "Pictures that got no verdict, by reason.", labels: ["reason"])
    // All of them from the start, so that a rate is known as soon as one of them grows.
    refused = Dictionary(
      uniqueKeysWithValues: ClassificationEvent.Refusal.allCases.map { ($0, refusals[$0.rawValue]) })
    decoding = try registry.histograms(
      "distinguo_decode_duration_seconds", help: "Time to decode a picture and bring it to the network's size.",
      labels: ["format"], bounds: HistogramBounds.durations)
    for format in ImageFormat.allCases { _ = decoding[format.rawValue] }
    queueing = try registry.histogram(
      "distinguo_queue_duration_seconds", help: "Time a decoded picture waited for a thread.",
      bounds: HistogramBounds.durations)
    inference = try registry.histogram(
      "distinguo_inference_duration_seconds", help: "Time of one run of the networks, over all its pictures.",
      bounds: HistogramBounds.durations)
    batches = try registry.histogram(
      "distinguo_batch_pictures", help: "Pictures that shared a run of the networks.", bounds: HistogramBounds.batches)
    verdicts = try registry.counters(
      "distinguo_verdicts_total", help: "Verdicts by model, outcome and the label the Student gave.",
      labels: ["model", "outcome", "label"])
    rejections = try registry.counters(
      "distinguo_rejections_total", help: "Rejected pictures by model and reason.", labels: ["model", "reason"])
    opinions = try registry.counters(
      "distinguo_differentiator_opinions_total",
      help: "Opinions of the differentiators that were asked, by whether they agree with the Student.",
      labels: ["model", "differentiator", "agrees"])
    scores = try registry.histograms(
      "distinguo_differentiator_score",
      help: "Probability that a differentiator gave the Student's label.",
      labels: ["model", "differentiator"], bounds: HistogramBounds.scores)
  }

  func observe(_ event: ClassificationEvent) {
    switch event {
    case .received: received.increment()
    case .refused(let reason): refused[reason]?.increment()
    case .decoded(let format, let duration): decoding[format.rawValue].observe(duration)
    case .dequeued(let duration): queueing.observe(duration)
    case .ran(let pictures, let duration):
      batches.observe(Double(pictures))
      inference.observe(duration)
    case .judged(let verdict, let label, let model, _, _): observe(verdict, label: label, model: model)
    }
  }

  private func observe(_ verdict: Verdict, label: String, model: String) {
    verdicts[model, verdict.isAccepted ? "accepted" : "rejected", label].increment()
    for reason in Verdict.Reason.allCases {
      // The one it is not is there, too, as 0.
      rejections[model, reason.rawValue].increment(by: reason == verdict.reason ? 1 : 0)
    }
    for opinion in verdict.opinions {
      opinions[model, opinion.id, opinion.agrees ? "true" : "false"].increment()
      // A sum could never again be a number.
      if opinion.score.isFinite { scores[model, opinion.id].observe(opinion.score) }
    }
  }
}
