/// How the scores of the differentiators that were asked become a verdict.
public enum Policy: String, Sendable, Hashable, Codable, CaseIterable {
  /// The scores as one (see ``Aggregation``) are compared with the label's calibrated threshold.
  case calibrated
  /// More than half of the differentiators must name the Student's label themselves (Wu et al. 2019).
  case vote
}
