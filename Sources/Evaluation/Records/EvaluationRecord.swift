public import Images

/// All that an evaluation found, before figures are made of it.
public struct EvaluationRecord: Sendable {
  /// Pictures that show what an attack does.
  public struct Example: Sendable {
    /// The record's set and place in it.
    public var set: String
    /// Its place in the set.
    public var index: Int
    /// What the picture is to look like.
    public var source: Picture
    /// Whose features or label it is to have, where that is a picture.
    public var target: Picture?
    /// What the attack made.
    public var adversarial: Picture
  }

  /// What was evaluated.
  public var run: RunRecord
  /// Those on the bundle, in the order they were made.
  public var attacks: [AttackRecord]
  /// Those on prior defences, each by who knows all of it.
  public var priorAttacks: [AttackRecord]
  /// The prior defences.
  public var baselines: [BaselineRecord]
  /// All pictures that were judged.
  public var verdicts: [VerdictRecord]
  /// A few for each attack.
  public var examples: [Example]

  /// All that an evaluation found.
  public init(
    run: RunRecord, attacks: [AttackRecord], priorAttacks: [AttackRecord] = [], baselines: [BaselineRecord],
    verdicts: [VerdictRecord], examples: [Example]
  ) {
    (self.run, self.attacks, self.priorAttacks, self.baselines) = (run, attacks, priorAttacks, baselines)
    (self.verdicts, self.examples) = (verdicts, examples)
  }
}
