public import Attacks
public import Defence
internal import Foundation
internal import NeuralNet

/// Threat models T2, T3 and T4: who has networks follows their gradients, those of surrogates or of the bundle itself.
struct GradientAttacks {
  /// A gradient attack with settings, on goals, told how far it is.
  private typealias Attack = (
    GradientSettings, [AttackGoal], @escaping @Sendable (AttackProgress) throws -> Void
  ) throws -> [AttackedPicture]

  let bundle: ModelBundle
  let settings: EvaluationSettings
  let threads: Int

  /// T2: pictures that fool the surrogates' Students.
  func transfer(_ surrogates: [ModelBundle], _ sources: [AttackSource]) throws -> [PlannedAttack] {
    let model = try NetworkModel(surrogates.map(\.student), input: NetworkInput(bundle.manifest))
    let method = "fools \(surrogates.count) Student(s) that the attacker trained, by their mean cross-entropy"
    return settings.transferBudgets.flatMap { radius in
      [false, true].flatMap { isTargeted in
        [
          planned(.t2, "transfer-pgd", isTargeted, radius, cost: 1, sources, "PGD: \(method)") {
            try ProjectedGradient($0).attack(model, $1, maximising: TransferObjective(), progress: $2)
          },
          planned(.t2, "transfer-momentum", isTargeted, radius, cost: 1, sources, "momentum PGD: \(method)") {
            try ProjectedGradient.momentumIterative($0).attack(
              model, $1, maximising: TransferObjective(), progress: $2)
          },
        ]
      }
    }
  }

  /// T3: pictures that surrogate defences accept with a wrong label.
  func surrogate(_ surrogates: [ModelBundle], _ sources: [AttackSource]) throws -> [PlannedAttack] {
    // One Student, and the differentiators of all.
    let graphs = [surrogates[0].student] + surrogates.flatMap { $0.differentiators.map(\.graph) }
    let model = try NetworkModel(graphs, input: NetworkInput(bundle.manifest))
    var objective = DefenceObjective(
      judges: surrogates.flatMap { $0.objective.judges }, thresholds: surrogates[0].calibration.thresholds,
      aggregation: bundle.calibration.aggregation.attacked)
    // Others will be asked than those that are here, and they will be harder to please.
    (objective.margin, objective.reserve) = (6, 0.6)
    let goal = objective
    return settings.surrogateBudgets.map { radius in
      planned(
        .t3, "joint-surrogate", false, radius, cost: cost(graphs.count), sources,
        "APGD: accepted and wrong by a Student and \(graphs.count - 1) differentiators that the attacker trained by the "
          + "same recipe", stopsEarly: false
      ) { try AutoProjectedGradient($0).attack(model, $1, maximising: goal, progress: $2) }
    }
  }

  /// T4: the bundle's own networks.
  func joint(_ sources: [AttackSource]) throws -> [PlannedAttack] {
    let input = NetworkInput(bundle.manifest)
    let student = try NetworkModel([bundle.student], input: input)
    let whole = try NetworkModel([bundle.student] + bundle.differentiators.map(\.graph), input: input)
    let (objective, all) = (bundle.objective, cost(bundle.differentiators.count + 1))
    let plain = settings.jointBudgets.flatMap { radius in
      [
        planned(.t4, "pgd-student", false, radius, cost: 1, sources, "PGD on the Student alone, blind to its defence") {
          try ProjectedGradient($0).attack(student, $1, maximising: CrossEntropyObjective(), progress: $2)
        },
        planned(
          .t4, "joint-apgd", false, radius, cost: all, sources,
          "APGD: accepted and wrong, in expectation over the differentiators that may be asked", stopsEarly: false,
          strongerThan: ["pgd-student"]
        ) { try AutoProjectedGradient($0).attack(whole, $1, maximising: objective, progress: $2) },
      ]
    }
    return plain
      + settings.orthogonalBudgets.map { radius in
        planned(
          .t4, "orthogonal-pgd", false, radius, cost: 2.5 * all, sources,
          "PGD with steps against Student and differentiators in turn, each orthogonal to the other's gradient",
          stopsEarly: false, strongerThan: ["pgd-student"]
        ) { try OrthogonalProjectedGradient($0, against: objective).attack(whole, $1, progress: $2) }
      }
  }

  /// T4 for prior defences: each attacked by who knows all of it, as ``joint(_:)`` attacks the bundle.
  func joint(against baselines: Baselines, _ sources: [AttackSource]) throws -> [PlannedAttack] {
    try baselines.known().flatMap { name, known in
      settings.priorBudgets.map { radius in
        var attack = planned(
          .t4, "joint-\(name)", false, radius, cost: Double(known.networks), sources,
          "APGD: accepted by \(name) and wrong; gradients pass what has none of its own as if it changed nothing",
          stopsEarly: false
        ) { try AutoProjectedGradient($0).attack(known.model, $1, maximising: known.objective, progress: $2) }
        attack.record.against = name
        return attack
      }
    }
  }

  /// What a gradient of so many networks costs, the Student's being 1.
  private func cost(_ networks: Int) -> Double { 1 + 0.15 * Double(networks - 1) }

  private func planned(
    _ threat: AttackRecord.Threat, _ name: String, _ isTargeted: Bool, _ radius: Double, cost: Double,
    _ sources: [AttackSource], _ method: String, stopsEarly: Bool = true, strongerThan: [String] = [],
    _ attack: @escaping Attack
  ) -> PlannedAttack {
    let steps = settings.gradientSteps
    let record = AttackRecord(
      id: String(
        format: "%@/%@-%@/Linf-%g", threat.rawValue, name, isTargeted ? "targeted" : "non-targeted", radius),
      threat: threat, attack: name, isTargeted: isTargeted, norm: .linf, budget: radius, steps: steps, method: method,
      strongerThan: strongerThan, seconds: 0)
    return PlannedAttack(
      record: record, sources: Array(sources.prefix(settings.gradientSources)), cost: cost * Double(steps),
      make: { [threads] sources, seed, progress in
        var settings = GradientSettings(radius: radius)
        (settings.steps, settings.seed, settings.threads) = (steps, seed, threads)
        settings.stopsEarly = stopsEarly
        let goals = sources.map { source in
          AttackGoal(source.picture, label: source.label, target: isTargeted ? source.targetLabel : nil)
        }
        let found = try attack(settings, goals) { try progress(Double($0.steps) / Double($0.total)) }
        return zip(goals, found).map { PlannedAttack.Made(picture: $1.picture, target: $0.target) }
      })
  }
}

extension ModelBundle {
  /// What an attacker with all weights is to reach against its Student and its differentiators: accepted and wrong.
  public var objective: DefenceObjective {
    DefenceObjective(
      judges: differentiators.map { one in
        .init(outputs: manifest.labels.indices.map { one.scope.holds($0) ? one.scope.output(for: $0) : nil })
      }, thresholds: calibration.thresholds, aggregation: calibration.aggregation.attacked)
  }
}

extension Aggregation {
  /// As an attacker's objective has it.
  fileprivate var attacked: DefenceObjective.Aggregation {
    switch self {
    case .mean: .mean
    case .geometricMean: .geometricMean
    }
  }
}
