internal import Attacks
internal import Defence
internal import NeuralNet

/// A prior defence as an attacker sees it who knows all of it: the Student's head first, then heads whose mean probability for
/// the Student's label decides, or stands for what decides.
struct KnownDefence {
  let model: any DifferentiableModel
  var objective: DefenceObjective

  /// A defence that asks other networks beside the Student, too.
  init(_ bundle: ModelBundle, asking networks: [Graph], enough: Double) throws {
    self.init(
      try NetworkModel([bundle.student] + networks, input: NetworkInput(bundle.manifest)), enough: enough)
  }

  /// A defence that shows the Student changed pictures, too.
  init(_ bundle: ModelBundle, viewing views: [ViewedModel.View], enough: Double, reserve: Double = 0.02) throws {
    let student = try NetworkModel([bundle.student], input: NetworkInput(bundle.manifest))
    self.init(ViewedModel(student, views: views), enough: enough, reserve: reserve)
  }

  /// - Parameters:
  ///   - enough: the mean probability for the Student's label that is accepted.
  ///   - reserve: how far above it the attack goes on.
  private init(_ model: any DifferentiableModel, enough: Double, reserve: Double = 0.02) {
    self.model = model
    let labels = model.heads[0]
    var objective = DefenceObjective(
      judges: model.heads.dropFirst().map { _ in .init(outputs: (0..<labels).map(Optional.some)) },
      thresholds: [Double](repeating: enough, count: labels))
    objective.reserve = reserve
    self.objective = objective
  }

  /// How many networks are run for a gradient, each as large as the Student.
  var networks: Int { model.heads.count }
}
