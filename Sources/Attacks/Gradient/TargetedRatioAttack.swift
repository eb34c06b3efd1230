internal import Base

/// APGD-T (Croce and Hein 2020): ``AutoProjectedGradient`` with the targeted ``LogitRatioObjective``, for one after the other
/// of the wrong labels that a picture is nearest to, until one is reached.
public struct TargetedRatioAttack: Sendable {
  /// What all gradient attacks have.
  public var settings: GradientSettings
  /// How many labels are tried.
  public var labels = 9

  /// The attack on the nine nearest labels, as in the paper.
  public init(_ settings: GradientSettings) { self.settings = settings }

  /// Attacks pictures; one result for each, in order.
  ///
  /// - Parameters:
  ///   - goals: without targets.
  ///   - progress: is told after each step of each batch, from one thread at a time; what it throws ends the attack.
  /// - Throws: ``AttackError`` for settings out of range and goals that do not fit the model.
  public func attack(
    _ model: any DifferentiableModel, _ goals: [AttackGoal],
    progress: (@Sendable (AttackProgress) throws -> Void)? = nil
  ) throws -> [AttackedPicture] {
    guard labels > 0 else { throw AttackError.setting("\(labels) labels to try; there must be one at least") }
    if let index = goals.firstIndex(where: { $0.target != nil }) {
      throw AttackError.setting("source \(index) has a target; this attack finds its own")
    }
    let attack = AutoProjectedGradient(settings)
    // What is wrong with settings and goals shows here, and what needs no change is found.
    var found = try ProjectedGradient.looking(settings).attack(model, goals, maximising: MarginObjective())
    let nearest = try nearestLabels(model, goals)
    let rounds = min(labels, model.heads[0] - 1)
    let total = goals.count * rounds * attack.totalSteps
    for round in 0..<rounds {
      let open = goals.indices.filter { !found[$0].succeeds }
      let aimed = open.map { AttackGoal(goals[$0].picture, label: goals[$0].label, target: nearest[$0][round]) }
      let before = round * goals.count * attack.totalSteps
      let results = try attack.attack(model, aimed, maximising: LogitRatioObjective()) {
        try progress?(AttackProgress(steps: before + $0.steps, total: total))
      }
      for (index, result) in zip(open, results) where result.succeeds || round == 0 { found[index] = result }
    }
    try progress?(AttackProgress(steps: total, total: total))
    return found
  }

  /// The wrong labels of each picture, the most probable first.
  private func nearestLabels(_ model: any DifferentiableModel, _ goals: [AttackGoal]) throws -> [[Int]] {
    let classes = model.heads[0]
    return try BatchRun(batchSize: settings.batchSize, threads: settings.threads).run(
      goals.count, makeWorker: { try model.makeWorker() }
    ) { worker, places in
      let logits = try worker.logits(of: goals[places].flatMap(\.picture.planes), count: places.count)[0]
      return places.enumerated().map { row, place in
        (0..<classes).filter { $0 != goals[place].label }.sorted {
          logits[row * classes + $0] > logits[row * classes + $1]
        }
      }
    }
  }
}

extension ProjectedGradient {
  /// Looks at pictures as they are.
  fileprivate static func looking(_ settings: GradientSettings) -> ProjectedGradient {
    var attack = ProjectedGradient.fastGradient(settings)
    attack.stepShare = 1e-6
    return attack
  }
}
