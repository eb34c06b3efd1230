internal import Foundation
public import StateStore

extension GateReport {
  /// Compares what was measured of a new version with what was measured of the current one.
  ///
  /// Without a current version there is nothing to be worse than. A rate of nothing (an attack that never fooled the
  /// Student) counts as no worse, and the other's rate of nothing as nothing to compare with.
  public static func decided(candidate: Figures, serving: Figures?, margins: Margins) -> GateReport {
    var reasons: [String] = []
    if let serving {
      let comparisons: [Comparison] = [
        .init(
          "accuracy from end to end", candidate.endToEndAccuracy, serving.endToEndAccuracy, margins.accuracy,
          .accuracy),
        .init(
          "clean rejection rate", candidate.cleanRejectionRate, serving.cleanRejectionRate, margins.cleanRejection,
          .cleanRejection),
        .init("defence rate", candidate.defenceRate, serving.defenceRate, margins.defence, .defence),
        .init(
          "share of pictures called adversarial that are rejected", candidate.feedbackRejectionRate,
          serving.feedbackRejectionRate, margins.defence, .defence),
      ]
      reasons = comparisons.compactMap(\.reason)
    }
    return GateReport(
      isPassed: reasons.isEmpty, reasons: reasons, candidate: candidate, serving: serving, margins: margins)
  }
}

/// One figure of both versions.
private struct Comparison {
  enum Margin: String {
    case accuracy = "gate.accuracy"
    case cleanRejection = "gate.clean-rejection"
    case defence = "gate.defence"
  }

  let name: String
  let candidate: GateReport.Share?
  let serving: GateReport.Share?
  let allowed: Double
  let margin: Margin

  init(
    _ name: String, _ candidate: GateReport.Share?, _ serving: GateReport.Share?, _ allowed: Double, _ margin: Margin
  ) {
    (self.name, self.candidate, self.serving) = (name, candidate, serving)
    (self.allowed, self.margin) = (allowed, margin)
  }

  /// Shares are quotients: a difference that is the margin itself must not exceed it by a rounding.
  private static let rounding = 1e-9

  /// What is worse than allowed, or nil.
  var reason: String? {
    guard let serving, serving.of > 0 else { return nil }
    guard let candidate else { return "the \(name) of the new version was not measured" }
    guard candidate.of > 0 else { return nil }
    let rise = candidate.share - serving.share
    let loss = margin == .cleanRejection ? rise : -rise
    guard loss > allowed + Self.rounding else { return nil }
    return "the \(name) \(rise < 0 ? "fell" : "rose") from \(percent(serving.share)) to \(percent(candidate.share)), "
      + "more than the \(points) that \(margin.rawValue) allows"
  }

  private var points: String {
    let number = String(format: "%.4g", 100 * allowed)
    return number == "1" ? "1 point" : "\(number) points"
  }

  private func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
}
