/// What an attack maximises over a picture, from the logits of all heads, and when it has reached its goal.
///
/// Each ``DifferentiableModel`` has the same heads for all pictures; rows are one picture's logits, a row for each head.
public protocol AttackObjective: Sendable {
  /// The value for one picture, and where wanted its gradient.
  ///
  /// - Parameters:
  ///   - rows: the logits of each head.
  ///   - seeds: set to the derivatives by the logits of each head, of the rows' extents; nil for a head that has none. Nil
  ///     for all where the goal is reached says that there is nothing more to gain: the search of that picture ends.
  func value(_ rows: [ArraySlice<Float>], _ goal: AttackGoal, seeds: inout [[Float]?]) -> Double

  /// Whether the goal is reached: what the defender would be sorry for.
  func isReached(_ rows: [ArraySlice<Float>], _ goal: AttackGoal) -> Bool
}
