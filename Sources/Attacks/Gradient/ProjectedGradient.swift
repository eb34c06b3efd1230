/// Projected gradient ascent: from a random place in the ball, steps of one size in the steepest direction (Madry et al.
/// 2018). One step of the whole radius from the picture itself is the fast gradient sign method (Goodfellow et al. 2015);
/// with momentum it is the iterative method of Dong et al. 2018.
///
/// Deviation: the best picture that was seen counts, not the last one.
public struct ProjectedGradient: GradientSearch {
  /// What all gradient attacks have.
  public var settings: GradientSettings
  /// The size of a step, as a share of the radius.
  public var stepShare: Double
  /// The share of the gradients before that goes into each step; 0 for none. They are scaled to a mean of 1 before.
  public var momentum = 0.0
  /// Whether it begins at a random place of the ball rather than at the picture itself.
  public var startsAnywhere = true

  /// Projected gradient ascent with steps of 2.5 radii over their number, at least a fiftieth (Madry et al. 2018 and many
  /// since).
  public init(_ settings: GradientSettings) {
    self.settings = settings
    stepShare = min(1, max(2.5 / Double(max(1, settings.steps)), 0.02))
  }

  /// The fast gradient sign method, or with L₂ its normalised gradient.
  public static func fastGradient(_ settings: GradientSettings) -> ProjectedGradient {
    var attack = ProjectedGradient(settings)
    (attack.settings.steps, attack.settings.restarts) = (1, 1)
    (attack.stepShare, attack.startsAnywhere) = (1, false)
    return attack
  }

  /// The iterative method with momentum: steps of a radius over their number, from the picture itself.
  public static func momentumIterative(_ settings: GradientSettings, decay: Double = 1) -> ProjectedGradient {
    var attack = ProjectedGradient(settings)
    (attack.momentum, attack.stepShare) = (decay, 1 / Double(max(1, settings.steps)))
    attack.startsAnywhere = settings.restarts > 1
    return attack
  }

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

  func validate() throws(AttackError) {
    guard stepShare > 0, stepShare <= 2 else {
      throw .setting("steps of \(stepShare) radii; they must be above 0 and at most 2")
    }
    guard (0...10).contains(momentum) else { throw .setting("a momentum of \(momentum); it must be 0 to 10") }
  }

  func search(_ batch: GradientBatch, _ objective: some AttackObjective, afterStep: () throws -> Void) throws {
    let step = Float(stepShare) * batch.radius
    for start in 0..<settings.restarts {
      var pixels = startsAnywhere ? batch.scattered(start) : batch.original
      // A random start may be worse than the picture itself, which then is the result.
      if start == 0, startsAnywhere { _ = try batch.assess(batch.original, objective, gradient: false) }
      var gathered = [Float](repeating: 0, count: pixels.count)
      for _ in 0..<settings.steps {
        guard !batch.isDone else { return }
        var gradient = try batch.assess(pixels, objective).gradient
        if momentum > 0 {
          Self.gather(&gathered, gradient, batch, Float(momentum))
          gradient = gathered
        }
        let direction = batch.steepest(gradient)
        for picture in 0..<batch.count where !batch.isDone(picture) {
          for index in batch.values(picture) { pixels[index] += step * direction[index] }
        }
        batch.project(&pixels)
        try afterStep()
      }
      _ = try batch.assess(pixels, objective, gradient: false)
    }
  }

  /// Dong et al. 2018, equation 6: each gradient over its L₁ norm (here its mean, which differs by a constant).
  private static func gather(_ sum: inout [Float], _ gradient: [Float], _ batch: GradientBatch, _ decay: Float) {
    for picture in 0..<batch.count {
      let values = batch.values(picture)
      let mean = values.reduce(Float(0)) { $0 + abs(gradient[$1]) } / Float(batch.length)
      for index in values { sum[index] = decay * sum[index] + gradient[index] / max(mean, 1e-20) }
    }
  }
}
