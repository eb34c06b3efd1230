/// What is answered about an image: a label, or a rejection, and each differentiator's score.
public struct Verdict: Sendable, Hashable {
  /// What a differentiator that was asked said.
  public struct Opinion: Sendable, Hashable {
    /// The differentiator.
    public let id: String
    /// Its probability for the Student's label, 0...1.
    public let score: Double
    /// Whether the Student's label is the one it holds most probable.
    public let agrees: Bool
  }

  /// Why an image is rejected.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// The score is below the label's threshold.
    case scoreBelowThreshold = "score_below_threshold"
    /// No more than half of the differentiators agree.
    case outvoted
  }

  /// The Student's label, as an index of the labels.
  public let studentLabel: Int
  /// The Student's probability for it.
  public let confidence: Double
  /// The differentiators that were asked, in the order of the selection; none if no scope holds the label.
  public let opinions: [Opinion]
  /// Their scores as one, or nil if none was asked.
  public let score: Double?
  /// What the score was compared with, or nil if nothing was.
  public let threshold: Double?
  /// Why the image is rejected; nil if it is accepted.
  public let reason: Reason?

  /// Whether the Student's label is the answer.
  public var isAccepted: Bool { reason == nil }

  /// - Parameters:
  ///   - aggregation: how scores become one.
  ///   - threshold: the label's.
  init(_ judgement: Judgement, policy: Policy, aggregation: Aggregation = .mean, threshold: Double) {
    studentLabel = judgement.studentLabel
    confidence = judgement.confidence
    opinions = judgement.opinions
    score = judgement.score(aggregation)
    guard let score else {
      (self.threshold, reason) = (nil, nil)
      return
    }
    self.threshold = policy == .calibrated ? threshold : nil
    reason = policy.reason(
      score: score, threshold: threshold, agreeing: opinions.count { $0.agrees }, of: opinions.count)
  }
}
