/// The margin by which the first head gives what is wanted (Carlini and Wagner 2017, their f₆): the best wrong logit less
/// the label's, or the target's less the best other one.
public struct MarginObjective: AttackObjective {
  /// From which margin on there is nothing more to gain.
  public var confidence: Double

  /// - Parameter confidence: from which margin on there is nothing more to gain.
  public init(confidence: Double = .infinity) { self.confidence = confidence }

  /// The margin, at most ``confidence``.
  public func value(_ rows: [ArraySlice<Float>], _ goal: AttackGoal, seeds: inout [[Float]?]) -> Double {
    let row = rows[0]
    let wanted = goal.target ?? row.placeOfLargest { $0 != goal.label } ?? goal.label
    let other = goal.target == nil ? goal.label : row.placeOfLargest { $0 != wanted } ?? wanted
    let margin = Double(row.at(wanted) - row.at(other))
    var seed = [Float](repeating: 0, count: row.count)
    if margin < confidence {
      seed[wanted] += 1
      seed[other] -= 1
    }
    seeds[0] = seed
    return min(margin, confidence)
  }

  /// Whether the first head is wrong in the way that is wanted.
  public func isReached(_ rows: [ArraySlice<Float>], _ goal: AttackGoal) -> Bool { goal.isReached(rows[0]) }
}
