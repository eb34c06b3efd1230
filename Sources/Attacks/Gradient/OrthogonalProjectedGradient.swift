/// Orthogonal projected gradient ascent against a classifier and a detector (Bryniarski et al. 2021): each step serves the
/// one that is not fooled yet, without what it would change for the other, so that neither undoes the other's.
///
/// Deviation: pictures that fool both go on to gain of the detector.
public struct OrthogonalProjectedGradient: GradientSearch {
  /// What all gradient attacks have.
  public var settings: GradientSettings
  /// The size of a step, as a share of the radius.
  public var stepShare: Double
  private let objective: DefenceObjective

  /// Attacks the Student and the differentiators of an objective in turn.
  public init(_ settings: GradientSettings, against objective: DefenceObjective) {
    (self.settings, self.objective) = (settings, objective)
    stepShare = min(1, max(2.5 / Double(max(1, settings.steps)), 0.02))
  }

  /// Attacks pictures; one result for each, in order.
  ///
  /// - Parameter progress: is told after each step of each batch, from one thread at a time; what it throws ends the attack.
  /// - Throws: ``AttackError`` for settings out of range and goals that do not fit the model.
  public func attack(
    _ model: any DifferentiableModel, _ goals: [AttackGoal],
    progress: (@Sendable (AttackProgress) throws -> Void)? = nil
  ) throws -> [AttackedPicture] {
    try run(model, goals, objective, progress: progress)
  }

  func search(_ batch: GradientBatch, _ objective: some AttackObjective, afterStep: () throws -> Void) throws {
    var (classifier, detector) = (self.objective, self.objective)
    (classifier.part, detector.part) = (.student, .judges)
    let step = Float(stepShare) * batch.radius
    _ = try batch.assess(batch.original, objective, gradient: false)
    for start in 0..<settings.restarts {
      var pixels = batch.scattered(start)
      for _ in 0..<settings.steps {
        guard !batch.isDone else { return }
        // The first look decides what is kept; the second only takes the other gradient at the same place.
        _ = try batch.assess(pixels, self.objective, gradient: false)
        let first = try batch.assess(pixels, classifier, keeps: false)
        let second = try batch.assess(pixels, detector, keeps: false)
        var direction = [Float](repeating: 0, count: pixels.count)
        for picture in 0..<batch.count where !batch.isDone(picture) {
          // The Student's part is the margin by which it is wrong.
          let (serves, spares) =
            first.values[picture] > 0 ? (second.gradient, first.gradient) : (first.gradient, second.gradient)
          Self.addOrthogonal(&direction, serves, spares, batch.values(picture))
        }
        direction = batch.steepest(direction)
        for index in pixels.indices { pixels[index] += step * direction[index] }
        batch.project(&pixels)
        try afterStep()
      }
      _ = try batch.assess(pixels, self.objective, gradient: false)
    }
  }

  /// A gradient without its part along another.
  static func addOrthogonal(
    _ sum: inout [Float], _ gradient: [Float], _ other: [Float], _ values: Range<Int>
  ) {
    var (along, square) = (0.0, 0.0)
    for index in values {
      along += Double(gradient[index]) * Double(other[index])
      square += Double(other[index]) * Double(other[index])
    }
    let share = square > 0 ? Float(along / square) : 0
    for index in values { sum[index] += gradient[index] - share * other[index] }
  }
}
