public import Defence

/// What the attackers of T2 and T3 have to train surrogates with.
public struct Attackers: Sendable {
  /// Their pictures: the defender's own, if they are known, or others of the same labels.
  public let data: TrainingData
  /// The Teacher's file.
  public let teacher: String
  /// Whether left and right may change places in their training.
  public let flips: Bool
  /// What this is, in a sentence, for the report.
  public let description: String

  /// What they have.
  public init(data: TrainingData, teacher: String, flips: Bool, description: String) {
    (self.data, self.teacher, self.flips, self.description) = (data, teacher, flips, description)
  }
}
