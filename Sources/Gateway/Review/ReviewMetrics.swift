internal import Metrics

/// What became of rejected pictures, counted.
struct ReviewMetrics: Sendable {
  private let kept, unwanted, dropped, failed: Counter

  /// Registers them.
  init(_ registry: MetricsRegistry) throws(MetricsError) {
    let pictures = try registry.counters(
      "distinguo_review_pictures_total",
      help: "Rejected pictures by what became of their files: kept for review; unwanted, as keeping is off or they are "
        + "too large; dropped, as too many were waiting; failed, as they could not be written.",
      labels: ["fate"])
    (kept, unwanted) = (pictures["kept"], pictures["unwanted"])
    (dropped, failed) = (pictures["dropped"], pictures["failed"])
  }

  /// Counts a picture.
  func count(_ fate: RejectedPictures.Fate) {
    switch fate {
    case .kept: kept.increment()
    case .unwanted: unwanted.increment()
    case .dropped: dropped.increment()
    case .failed: failed.increment()
    }
  }
}
