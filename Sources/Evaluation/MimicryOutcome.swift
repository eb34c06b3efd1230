public import Defence
public import Images

/// What came of mimicry attacks at one budget.
public struct MimicryOutcome: Sendable {
  /// One attack.
  public struct Attack: Sendable {
    /// The source's label, an index.
    public let source: Int
    /// The label of the target that was mimicked.
    public let target: Int
    /// The DSSIM between the picture and its source.
    public let dissimilarity: Double
    /// What the defence answers.
    public let verdict: Verdict
    /// Whether the Student alone is fooled as the attacker wants.
    public let succeeds: Bool
    /// The attacking picture.
    public let picture: Picture
  }

  /// The largest DSSIM.
  public let budget: Double
  /// What the attacker wants.
  public let aim: MimicryTrial.Aim
  /// In the order of the sources.
  public let attacks: [Attack]

  /// Attacks that fool the undefended Student, of all.
  public var undefended: Rate { Rate(attacks.count { $0.succeeds }, of: attacks.count) }

  /// Of those that fool the Student, the ones that are rejected.
  public var defenceRate: Rate {
    let successful = attacks.filter(\.succeeds)
    return Rate(successful.count { !$0.verdict.isAccepted }, of: successful.count)
  }

  /// Attacks that still succeed, of all.
  public var left: Rate { Rate(attacks.count { $0.succeeds && $0.verdict.isAccepted }, of: attacks.count) }

  /// Of the opinions on attacks that fool the Student, those that agree with it.
  public var agreement: Rate {
    let opinions = attacks.filter(\.succeeds).flatMap(\.verdict.opinions)
    return Rate(opinions.count { $0.agrees }, of: opinions.count)
  }
}
