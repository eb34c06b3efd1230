internal import Attacks
internal import Defence

/// A prior defence as an attacker sees it who knows all of it: the Student's head first, then heads whose mean probability for
/// the Student's label decides, or stands for what decides.
struct KnownDefence {
  let model: any DifferentiableModel
  var objective: DefenceObjective

  /// - Parameters:
  ///   - enough: the mean probability for the Student's label that is accepted.
  ///   - reserve: how far above it the attack goes on.
  init(_ model: any DifferentiableModel, enough: Double, reserve: Double = 0.02) {
    self.model = model
    let labels = model.heads[0]
    var objective = DefenceObjective(
      judges: model.heads.dropFirst().map { _ in .init(outputs: (0..<labels).map(Optional.some)) },
      thresholds: [Double](repeating: enough, count: labels))
    objective.reserve = reserve
    self.objective = objective
  }

  /// How many networks are run for a gradient.
  var networks: Int { model.heads.count }
}
