/// Auto-PGD (Croce and Hein 2020, algorithm 1): projected gradient ascent with momentum, whose step is halved where the
/// objective has not grown often enough, going on from the best place then. It has no step size to choose.
///
/// With ``CrossEntropyObjective`` it is their APGD-CE, with ``LogitRatioObjective`` APGD-DLR.
public struct AutoProjectedGradient: GradientSearch {
  /// What all gradient attacks have.
  public var settings: GradientSettings
  /// The share of the last step in the next (their 1 − α).
  private static let inertia: Float = 0.25
  /// The share of steps between two looks that must have gained.
  private static let gainShare = 0.75

  /// Auto-PGD.
  public init(_ settings: GradientSettings) { self.settings = settings }

  /// Attacks pictures; one result for each, in order.
  ///
  /// - Parameter progress: is told after each step of each batch, from one thread at a time; what it throws ends the attack.
  /// - Throws: ``AttackError`` for settings out of range and goals that do not fit the model.
  public func attack(
    _ model: any DifferentiableModel, _ goals: [AttackGoal], maximising objective: some AttackObjective,
    progress: (@Sendable (AttackProgress) throws -> Void)? = nil
  ) throws -> [AttackedPicture] {
    try run(model, goals, objective, progress: progress)
  }

  /// The steps after which it looks back: shares of all, each a little closer to the one before.
  static func looks(_ steps: Int) -> [Int] {
    var (shares, period) = ([0, 0.22], 0.22)
    while shares.last! < 1 {
      period = max(period - 0.03, 0.06)
      shares.append(shares.last! + period)
    }
    return shares.map { Int(($0 * Double(steps)).rounded(.up)) }.filter { $0 < steps }
  }

  /// What each picture's search knows of itself.
  private struct Climb {
    var step: Float
    var best: Double
    var gains = 0
    var stepAtLook: Float
    var bestAtLook: Double
  }

  func search(_ batch: GradientBatch, _ objective: some AttackObjective, afterStep: () throws -> Void) throws {
    _ = try batch.assess(batch.original, objective, gradient: false)
    for start in 0..<settings.restarts {
      guard !batch.isDone else { return }
      try climb(batch, objective, from: batch.scattered(start), afterStep)
    }
  }

  private func climb(
    _ batch: GradientBatch, _ objective: some AttackObjective, from start: [Float], _ afterStep: () throws -> Void
  ) throws {
    var (now, last) = (start, start)
    var found = try batch.assess(now, objective)
    var (best, bestGradient) = (now, found.gradient)
    var climbs = found.values.map {
      Climb(step: 2 * batch.radius, best: $0, stepAtLook: 2 * batch.radius, bestAtLook: $0)
    }
    let looks = Self.looks(settings.steps)
    for step in 0..<settings.steps {
      guard !batch.isDone else { return }
      let direction = batch.steepest(found.gradient)
      var next = now
      for picture in 0..<batch.count {
        for index in batch.values(picture) { next[index] += climbs[picture].step * direction[index] }
      }
      batch.project(&next)
      let share: Float = step == 0 ? 1 : 1 - Self.inertia
      for index in next.indices {
        next[index] = now[index] + share * (next[index] - now[index]) + (1 - share) * (now[index] - last[index])
      }
      batch.project(&next)
      (last, now) = (now, next)
      let before = found.values
      found = try batch.assess(now, objective)
      let isLook = looks.contains(step + 1)
      for picture in 0..<batch.count {
        if found.values[picture] > before[picture] { climbs[picture].gains += 1 }
        if found.values[picture] > climbs[picture].best {
          climbs[picture].best = found.values[picture]
          for index in batch.values(picture) {
            (best[index], bestGradient[index]) = (now[index], found.gradient[index])
          }
        }
        guard isLook else { continue }
        let period = step + 1 - (looks.last { $0 < step + 1 } ?? 0)
        let gainsLittle = Double(climbs[picture].gains) < Self.gainShare * Double(period)
        let isStuck =
          climbs[picture].stepAtLook == climbs[picture].step && climbs[picture].bestAtLook == climbs[picture].best
        (climbs[picture].stepAtLook, climbs[picture].bestAtLook) = (climbs[picture].step, climbs[picture].best)
        climbs[picture].gains = 0
        guard gainsLittle || isStuck else { continue }
        climbs[picture].step /= 2
        for index in batch.values(picture) {
          (now[index], last[index], found.gradient[index]) = (best[index], best[index], bestGradient[index])
        }
        found.values[picture] = climbs[picture].best
      }
      try afterStep()
    }
  }
}
