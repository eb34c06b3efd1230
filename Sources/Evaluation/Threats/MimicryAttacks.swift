public import Attacks
public import Defence
internal import NeuralNet

/// Threat model T1: who knows the Teacher and the cut layer mimics pictures of other labels.
struct MimicryAttacks {
  let bundle: ModelBundle
  let settings: EvaluationSettings
  let threads: Int

  /// - Parameter sources: as many as targeted attacks take at least.
  func attacks(_ sources: [AttackSource]) throws -> [PlannedAttack] {
    let mimicry = try Mimicry(
      bundle.student, cut: bundle.manifest.student.cut, input: NetworkInput(bundle.manifest))
    var attacks = settings.mimicryBudgets.map { budget in
      planned(mimicry, isTargeted: true, budget, settings.mimicrySteps, sources, settings.mimicrySources)
    }
    attacks += settings.mimicryBudgets.map { budget in
      planned(mimicry, isTargeted: false, budget, settings.mimicrySteps, sources, settings.nonTargetedSources)
    }
    if settings.thoroughSources > 0 {
      let budget = settings.mimicryBudgets[settings.mimicryBudgets.count / 2]
      var thorough = planned(
        mimicry, isTargeted: true, budget, settings.thoroughSteps, sources, settings.thoroughSources)
      thorough.record.id = "T1/mimicry-thorough-targeted/DSSIM-\(budget)"
      thorough.record.attack = "mimicry-thorough"
      thorough.record.strongerThan = ["mimicry"]
      attacks.append(thorough)
    }
    return attacks
  }

  private func planned(
    _ mimicry: Mimicry, isTargeted: Bool, _ budget: Double, _ steps: Int, _ sources: [AttackSource], _ count: Int
  ) -> PlannedAttack {
    let tried = isTargeted ? 1 : sources.first?.targets.count ?? 1
    let record = AttackRecord(
      id: "T1/mimicry-\(isTargeted ? "targeted" : "non-targeted")/DSSIM-\(budget)", threat: .t1, attack: "mimicry",
      isTargeted: isTargeted, norm: .dssim, budget: budget, steps: steps,
      method: isTargeted
        ? "features at the cut layer like those of one picture of the wanted label (Wang et al. 2018)"
        : "features at the cut layer like those of a picture of any other label, the nearest of \(tried)",
      strongerThan: [], disclosure: nil, seconds: 0)
    return PlannedAttack(
      record: record, sources: Array(sources.prefix(count)), cost: Double(steps * tried) * 1,
      make: { [threads] sources, _, progress in
        var settings = MimicrySettings(budget: budget)
        (settings.steps, settings.threads) = (steps, threads)
        let aims = sources.map { source in
          MimicryAim(source: source.picture, targets: source.targets.prefix(tried).map(\.picture))
        }
        let found = try mimicry.attack(aims, settings) { try progress(Double($0.steps) / Double($0.total)) }
        return zip(sources, found).map { source, one in
          let target = source.targets[one.target ?? 0]
          return PlannedAttack.Made(
            picture: one.picture, target: isTargeted ? target.label : nil, mimicked: target.place)
        }
      })
  }
}

extension NetworkInput {
  /// How the networks of a bundle take pictures.
  public init(_ manifest: Manifest) {
    let format = manifest.input
    self.init(
      name: manifest.student.input, width: format.width, height: format.height, mean: format.mean,
      deviation: format.std)
  }
}
