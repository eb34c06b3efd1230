public import Foundation

/// Who did what, when, and how it ended.
public struct AuditEntry: Sendable, Hashable, Codable {
  /// Its number; they count up without a gap.
  public let number: Int
  /// When.
  public let time: Date
  /// The name of the token, `gateway` for what it does by itself, or `anonymous`.
  public let actor: String
  /// What was done, in words with dots such as `model.activate`.
  public let action: String
  /// To what, such as `flowers/2` or a job's id.
  public let target: String
  /// `succeeded`, `refused` or `failed`.
  public let outcome: String
  /// Anything more, in a sentence; empty if there is nothing.
  public let detail: String
  /// The request's id; nil where there was none.
  public let requestID: String?
  /// The address it came from; nil where there was no request.
  public let peer: String?

  /// An entry from its parts.
  public init(
    number: Int, time: Date, actor: String, action: String, target: String, outcome: String, detail: String,
    requestID: String?, peer: String?
  ) {
    (self.number, self.time, self.actor, self.action, self.target) = (number, time, actor, action, target)
    (self.outcome, self.detail, self.requestID, self.peer) = (outcome, detail, requestID, peer)
  }
}
