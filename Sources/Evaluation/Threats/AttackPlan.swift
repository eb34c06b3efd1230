internal import Defence

/// All attacks of an evaluation, in the order in which they are made.
struct AttackPlan {
  let attacks: [PlannedAttack]

  /// - Parameters:
  ///   - students: what the Student says of the run's pictures.
  ///   - surrogates: what the attackers trained.
  init(_ run: EvaluationRun, students: [Int], surrogates: [ModelBundle]) throws {
    let settings = run.settings
    let most =
      [
        settings.mimicrySources, settings.nonTargetedSources, settings.thoroughSources, settings.gradientSources,
        settings.querySources,
      ].max() ?? 1
    let sources = try AttackSource.draw(max(1, most), from: run.items, students: students, seed: run.seed)
    let gradient = GradientAttacks(bundle: run.bundle, settings: settings, threads: run.threads)
    var attacks: [PlannedAttack] = []
    for threat in AttackRecord.Threat.allCases where run.threats.contains(threat) {
      switch threat {
      case .t1:
        attacks += try MimicryAttacks(bundle: run.bundle, settings: settings, threads: run.threads).attacks(sources)
      case .t2: attacks += try gradient.transfer(surrogates, sources)
      case .t3: attacks += try gradient.surrogate(surrogates, sources)
      case .t4: attacks += try gradient.joint(sources)
      case .t5:
        guard let gateway = run.gateway else {
          throw DefenceError.setting("threat model T5 needs a gateway that runs")
        }
        attacks += QueryAttacks(bundle: run.bundle, settings: settings, gateway: gateway).attacks(sources)
      }
    }
    self.attacks = attacks
  }
}
