/// How much of a verdict's numbers an answer shows.
///
/// Whoever sees exact scores can climb them, query by query, until a picture passes (threat model T5 of METHOD.md).
public enum ScoreDisclosure: String, Sendable, Hashable, CaseIterable {
  /// All of them, to six digits.
  case full
  /// Scores, the threshold and the Student's confidence to the nearest tenth, so that small steps of a picture show no
  /// slope; which differentiators agree is still said.
  case coarse
  /// None: the outcome, the label or the reason, and which model answered. The members with numbers, and with what each
  /// network said, are left out.
  case none
}
