public import Foundation

/// A rejected picture that was kept to be reviewed.
public struct KeptRejection: Sendable, Hashable, Codable {
  /// What a person says of it.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// It is what it looks like: the rejection was a mistake, and the picture is good to learn from.
    case genuine
    /// It was made to deceive: the rejection was right.
    case adversarial
  }

  /// A person's judgement.
  public struct Review: Sendable, Hashable, Codable {
    /// What it is.
    public var kind: Kind
    /// What it shows; nil unless it is genuine.
    public var label: String?
    /// Who says so.
    public var actor: String
    /// Since when.
    public var time: Date

    /// A judgement from its parts.
    public init(kind: Kind, label: String?, actor: String, time: Date) {
      (self.kind, self.label, self.actor, self.time) = (kind, label, actor, time)
    }
  }

  /// What a differentiator said.
  public struct Opinion: Sendable, Hashable, Codable {
    /// The differentiator.
    public var id: String
    /// Its probability for the Student's label.
    public var score: Double
    /// Whether that is the label it holds most probable.
    public var agrees: Bool

    /// An opinion from its parts.
    public init(id: String, score: Double, agrees: Bool) { (self.id, self.score, self.agrees) = (id, score, agrees) }
  }

  /// SHA-256 of the file as it was sent, in 64 hexadecimal digits.
  public let digest: String
  /// The model that rejected it.
  public let model: String
  /// Its version.
  public let version: Int
  /// The label that the Student gave.
  public let label: String
  /// The Student's probability for it.
  public let confidence: Double
  /// The differentiators' scores as one.
  public let score: Double?
  /// What the score was compared with.
  public let threshold: Double?
  /// Why it was rejected.
  public let reason: String
  /// What each differentiator that was asked said.
  public let opinions: [Opinion]
  /// The file's media type.
  public let mediaType: String
  /// The file's size.
  public let bytes: Int
  /// When it was rejected first.
  public let time: Date
  /// How often the same file was rejected.
  public var count: Int
  /// The request in which it came first.
  public let requestID: String
  /// What a person says of it; nil if nobody has said anything yet.
  public var review: Review?

  /// A rejection from its parts.
  public init(
    digest: String, model: String, version: Int, label: String, confidence: Double, score: Double?, threshold: Double?,
    reason: String, opinions: [Opinion], mediaType: String, bytes: Int, time: Date, count: Int = 1, requestID: String,
    review: Review? = nil
  ) {
    (self.digest, self.model, self.version, self.label) = (digest, model, version, label)
    (self.confidence, self.score, self.threshold, self.reason) = (confidence, score, threshold, reason)
    (self.opinions, self.mediaType, self.bytes, self.time) = (opinions, mediaType, bytes, time)
    (self.count, self.requestID, self.review) = (count, requestID, review)
  }
}
