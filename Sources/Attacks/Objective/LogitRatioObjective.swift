/// The difference-of-logits ratio (Croce and Hein 2020, equations 6 and 7): a margin that does not depend on the scale of
/// the logits, so that a classifier that is very sure of itself has a gradient, too. Needs three classes, four with a
/// target.
///
/// Deviation: with fewer classes it is the margin alone, divided by the spread of the logits.
public struct LogitRatioObjective: AttackObjective {
  private static let smallest: Float = 1e-12

  /// It has nothing to set.
  public init() {}

  /// −(z_y − max z) / (z₁ − z₃), or with a target −(z_y − z_t) / (z₁ − (z₃ + z₄) / 2), of the logits in descending order.
  public func value(_ rows: [ArraySlice<Float>], _ goal: AttackGoal, seeds: inout [[Float]?]) -> Double {
    let row = rows[0]
    let order = (0..<row.count).sorted { row.at($0) > row.at($1) }
    let other = goal.target ?? order.first { $0 != goal.label } ?? goal.label
    let first = order[0]
    // Whose mean is taken from the largest.
    let last: [Int] =
      goal.target == nil
      ? [order[min(2, order.count - 1)]] : [order[min(2, order.count - 1)], order[min(3, order.count - 1)]]
    let lower = last.reduce(Float(0)) { $0 + row.at($1) } / Float(last.count)
    let (rise, spread) = (row.at(other) - row.at(goal.label), row.at(first) - lower + Self.smallest)
    var seed = [Float](repeating: 0, count: row.count)
    seed[other] += 1 / spread
    seed[goal.label] -= 1 / spread
    let bySpread = -rise / (spread * spread)
    seed[first] += bySpread
    for place in last { seed[place] -= bySpread / Float(last.count) }
    seeds[0] = seed
    return Double(rise / spread)
  }

  /// Whether the first head is wrong in the way that is wanted.
  public func isReached(_ rows: [ArraySlice<Float>], _ goal: AttackGoal) -> Bool { goal.isReached(rows[0]) }
}
