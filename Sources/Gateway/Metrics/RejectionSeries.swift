internal import Foundation
internal import Metrics

/// Verdicts of a window, slice by slice: how the share of rejections went.
struct RejectionSeries: Encodable, Sendable, Hashable {
  /// A slice's verdicts.
  struct Slice: Encodable, Sendable, Hashable {
    /// When it began.
    var time: Date
    var images: Int
    var rejected: Int
    var differentiators: [RejectionReport.Differentiator]
  }

  /// By ``RejectionWindow``.
  var window: String
  var sliceSeconds: Int
  /// The oldest first; also those in which nothing happened.
  var slices: [Slice]
}

extension RejectionLog {
  /// A window's verdicts.
  ///
  /// - Parameter model: the only model that counts; nil for all.
  func series(_ window: RejectionWindow, model: String? = nil) -> RejectionSeries {
    let (now, sliding) = snapshot(window)
    let slices = sliding.series(at: now.instant).map { age, tally in
      let counts = tally.map { RejectionReport.Counts($0, seconds: nil, model: model, showsScores: true) }
      return RejectionSeries.Slice(
        time: now.date.addingTimeInterval(-(age / .seconds(1))), images: counts?.images ?? 0,
        rejected: counts?.rejected ?? 0, differentiators: counts?.byDifferentiator ?? [])
    }
    return RejectionSeries(window: window.rawValue, sliceSeconds: sliding.sliceSeconds, slices: slices)
  }
}
