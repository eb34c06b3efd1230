internal import Glibc

/// Carlini and Wagner's L₂ attack (2017): the nearest picture that reaches the goal, whatever its distance, by
///
///     minimise  ‖x − s‖₂² − c · objective(x)        over x = 255 · (tanh(w) + 1) / 2
///
/// with Adam over `w`, and a binary search for the smallest `c` that succeeds. The radius only says what counts as too far.
///
/// Deviations: `w` begins within ±3.5, where black and white pixels can still move; pictures are judged in whole pixel
/// values; of the objective only what is still to be gained counts, for which ``MarginObjective`` is made.
public struct CarliniWagner: GradientSearch {
  /// What all gradient attacks have; ``GradientSettings/restarts`` is how many values of `c` are tried. L₂ only.
  public var settings: GradientSettings
  /// The first `c`.
  public var weight = 1.0
  /// Adam's rate.
  public var rate = 0.02
  private static let largestStart: Float = 3.5

  /// The attack with nine values of `c`, as in the paper.
  public init(_ settings: GradientSettings) {
    self.settings = settings
    (self.settings.norm, self.settings.restarts) = (.l2, 9)
  }

  /// Attacks pictures; one result for each, in order.
  ///
  /// - Parameters:
  ///   - objective: positive where the goal is reached, and no larger than the confidence that is wanted.
  ///   - progress: is told after each step of each batch, from one thread at a time; what it throws ends the attack.
  /// - Throws: ``AttackError`` for settings out of range and goals that do not fit the model.
  public func attack(
    _ model: any DifferentiableModel, _ goals: [AttackGoal], maximising objective: some AttackObjective,
    progress: (@Sendable (AttackProgress) throws -> Void)? = nil
  ) throws -> [AttackedPicture] {
    try run(model, goals, objective, progress: progress)
  }

  func validate() throws(AttackError) {
    guard settings.norm == .l2 else { throw .setting("Carlini and Wagner's attack with Linf; it has L2 only") }
    guard weight > 0, weight.isFinite else { throw .setting("a weight of \(weight); it must be positive") }
    guard rate > 0, rate <= 1 else { throw .setting("a rate of \(rate); it must be above 0 and at most 1") }
  }

  /// The search for one picture's `c`.
  private struct Weight {
    var value: Double
    var lower = 0.0
    var upper = Double.infinity
    var nearest = Float.infinity

    mutating func adjust(succeeded: Bool) {
      if succeeded { upper = min(upper, value) } else { lower = max(lower, value) }
      value = upper.isFinite ? (lower + upper) / 2 : value * 10
    }
  }

  func search(_ batch: GradientBatch, _ objective: some AttackObjective, afterStep: () throws -> Void) throws {
    // What is kept for want of anything better: the picture itself.
    _ = try batch.assess(batch.original, objective, gradient: false)
    let begin = batch.original.map { value -> Float in
      min(max(atanh(min(max(value / 127.5 - 1, -0.999999), 0.999999)), -Self.largestStart), Self.largestStart)
    }
    var weights = [Weight](repeating: Weight(value: weight), count: batch.count)
    for _ in 0..<settings.restarts {
      var (w, pixels, adam) = (begin, batch.original, AdamMoments(count: begin.count))
      var succeeded = [Bool](repeating: false, count: batch.count)
      for step in 1...settings.steps {
        for index in w.indices { pixels[index] = 127.5 * (tanh(w[index]) + 1) }
        batch.project(&pixels)
        let found = try batch.assess(pixels, objective, keeps: false)
        for picture in 0..<batch.count where found.isReached[picture] {
          succeeded[picture] = true
          let distance = batch.norm(batch.values(picture)) { pixels[$0].rounded() - batch.original[$0] }
          guard distance < weights[picture].nearest else { continue }
          weights[picture].nearest = distance
          batch.replace(picture, with: pixels, value: found.values[picture])
        }
        for picture in 0..<batch.count {
          let scale = Float(weights[picture].value)
          for index in batch.values(picture) {
            let slope = 127.5 * (1 - tanh(w[index]) * tanh(w[index]))
            // Distances are on the scale 0…1, gradients on that of pixels.
            let byDistance = 2 * (pixels[index] - batch.original[index]) / (255 * 255)
            adam.gradient[index] = (byDistance - scale * found.gradient[index]) * slope
          }
        }
        adam.move(&w, rate: rate, step: step)
        try afterStep()
      }
      for picture in 0..<batch.count { weights[picture].adjust(succeeded: succeeded[picture]) }
    }
  }
}
