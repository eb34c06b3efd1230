public import Defence

/// What the attackers of T2 and T3 have to train surrogates with.
public struct Attackers: Sendable {
  /// Their pictures: the defender's own, if they are known, or others of the same labels.
  public let data: TrainingData
  /// The Teacher's file.
  public let teacher: String
  /// What may be another about a picture in their training.
  public let invariances: Invariances
  /// What this is, in a sentence, for the report.
  public let description: String

  /// What they have.
  public init(data: TrainingData, teacher: String, invariances: Invariances, description: String) {
    (self.data, self.teacher, self.invariances, self.description) = (data, teacher, invariances, description)
  }
}
