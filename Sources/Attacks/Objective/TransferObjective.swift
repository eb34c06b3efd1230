/// The mean cross-entropy of all heads, surrogates that one attacker trained: what fools all of them may fool a network
/// that was not there (Liu et al. 2017; Dong et al. 2018, who add logits instead).
public struct TransferObjective: AttackObjective {
  private let single = CrossEntropyObjective()

  /// It has nothing to set.
  public init() {}

  /// The mean over the heads of −log p(label), or of log p(target).
  public func value(_ rows: [ArraySlice<Float>], _ goal: AttackGoal, seeds: inout [[Float]?]) -> Double {
    let share = 1 / Float(rows.count)
    var sum = 0.0
    for head in rows.indices {
      var seed: [[Float]?] = [nil]
      sum += single.value([rows[head]], goal, seeds: &seed)
      seeds[head] = seed[0]?.map { $0 * share }
    }
    return sum * Double(share)
  }

  /// Whether all heads are wrong in the way that is wanted.
  public func isReached(_ rows: [ArraySlice<Float>], _ goal: AttackGoal) -> Bool { rows.allSatisfy(goal.isReached) }
}
