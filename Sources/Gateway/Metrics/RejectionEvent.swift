internal import Defence
internal import Foundation

/// A picture that was rejected. Nothing of the picture itself.
struct RejectionEvent: Encodable, Sendable, Hashable {
  /// What a differentiator that was asked said.
  struct Opinion: Encodable, Sendable, Hashable {
    var id: String
    /// Left out where scores are not shown, or if it was no number.
    var score: Double?
    var agrees: Bool
  }

  /// When the verdict was reached (RFC 3339), to the millisecond.
  var time: String
  /// Whose answer it was in.
  var requestID: String
  var model: String
  var version: Int
  /// The label that the Student gave.
  var label: String
  /// Left out where scores are not shown, or if it was no number.
  var score: Double?
  /// What the score was compared with; left out where scores are not shown, or if it was compared with nothing.
  var threshold: Double?
  var reason: String
  var differentiators: [Opinion]

  /// A verdict that rejects.
  init(
    _ verdict: Verdict, _ reason: Verdict.Reason, label: String, model: String, version: Int, requestID: String,
    time: String
  ) {
    self.time = time
    self.requestID = requestID
    self.model = model
    self.version = version
    self.label = label
    self.reason = reason.rawValue
    score = verdict.score.flatMap(RejectionReport.rounded)
    threshold = verdict.threshold.flatMap(RejectionReport.rounded)
    differentiators = verdict.opinions.map {
      Opinion(id: $0.id, score: RejectionReport.rounded($0.score), agrees: $0.agrees)
    }
  }

  /// What of it may be told: everything, all but the numbers that an attacker could climb, or nothing of what the
  /// differentiators said.
  func disclosed(_ disclosure: ScoreDisclosure) -> RejectionEvent {
    guard disclosure != .full else { return self }
    var event = self
    if disclosure == .none { event.differentiators = [] }
    event.score = nil
    event.threshold = nil
    for index in event.differentiators.indices { event.differentiators[index].score = nil }
    return event
  }
}
