/// How the scores of the differentiators that were asked become a verdict.
public enum Policy: String, Sendable, Hashable, Codable, CaseIterable {
  /// The scores as one (see ``Aggregation``) are compared with the label's calibrated threshold.
  case calibrated
  /// More than half of the differentiators must name the Student's label themselves (Wu et al. 2019).
  case vote

  /// Why an image is rejected; nil if it is accepted.
  ///
  /// - Parameters:
  ///   - score: the scores of those that were asked as one.
  ///   - threshold: the label's.
  ///   - agreeing: how many name the Student's label themselves, of those that were asked.
  public func reason(score: Double, threshold: Double, agreeing: Int, of asked: Int) -> Verdict.Reason? {
    switch self {
    // So that what is not a number rejects.
    case .calibrated: score >= threshold ? nil : .scoreBelowThreshold
    case .vote: 2 * agreeing > asked ? nil : .outvoted
    }
  }
}
