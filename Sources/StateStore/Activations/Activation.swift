public import Foundation

/// That another version of a model became the current one.
public struct Activation: Sendable, Hashable, Codable {
  /// How it came.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Somebody chose it.
    case activate
    /// Somebody went back to the one before.
    case rollBack = "roll_back"
    /// A retraining passed the gate.
    case gate
    /// The version before rejected too much, and the gateway went back.
    case drift
    /// It was found so: the link was changed by somebody else, or the model is new.
    case outside
  }

  /// Its number; they count up.
  public let number: Int
  /// When.
  public let time: Date
  /// The model.
  public let model: String
  /// The version that became current.
  public let version: Int
  /// The version that was current before; nil if there was none.
  public let previous: Int?
  /// How it came.
  public let kind: Kind
  /// Who did it: a token's name, a job's id, or `gateway`.
  public let actor: String

  /// An activation from its parts.
  public init(number: Int, time: Date, model: String, version: Int, previous: Int?, kind: Kind, actor: String) {
    (self.number, self.time, self.model, self.version) = (number, time, model, version)
    (self.previous, self.kind, self.actor) = (previous, kind, actor)
  }
}
