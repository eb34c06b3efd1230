internal import Defence

/// All attacks of an evaluation, in the order in which they are made.
struct AttackPlan {
  let attacks: [PlannedAttack]
  /// Those on prior defences.
  let priorAttacks: [PlannedAttack]

  /// - Parameters:
  ///   - students: what the Student says of the run's pictures.
  ///   - surrogates: what the attackers trained.
  ///   - baselines: the prior defences, if there are any.
  init(_ run: EvaluationRun, students: [Int], surrogates: [ModelBundle], _ baselines: Baselines?) throws {
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
        guard let gateway = run.gateway else { preconditionFailure("T5 without a gateway") }
        attacks += QueryAttacks(bundle: run.bundle, settings: settings, gateway: gateway).attacks(sources)
      }
    }
    self.attacks = attacks
    priorAttacks =
      run.threats.contains(.t4) ? try baselines.map { try gradient.joint(against: $0, sources) } ?? [] : []
  }
}
