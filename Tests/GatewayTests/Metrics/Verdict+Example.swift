@testable import Defence

extension Verdict {
  /// A verdict of differentiators `d1`, `d2` … with these scores; each agrees from 0.5 on.
  static func example(scores: [Double], threshold: Double = 0.5, policy: Policy = .calibrated) -> Verdict {
    let opinions = scores.enumerated().map { Opinion(id: "d\($0 + 1)", score: $1, agrees: $1 >= 0.5) }
    return Verdict(
      Judgement(studentLabel: 0, confidence: 0.9, opinions: opinions), policy: policy, threshold: threshold)
  }
}
