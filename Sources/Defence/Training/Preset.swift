/// How much time a training takes, from trying things out to the last half percent.
public enum Preset: String, Sendable, CaseIterable, Codable {
  /// Minutes: to see that everything fits together.
  case quick
  /// The one that published bundles are made with.
  case standard
  /// About twice as long.
  case thorough

  /// How many differentiators there are.
  public var differentiators: Int {
    switch self {
    case .quick: 5
    case .standard: 8
    case .thorough: 12
    }
  }

  /// The recipes for a number of training pictures: few are seen often, many less often.
  ///
  /// - Parameters:
  ///   - headOnly: whether only the Student's last layer is trained: what the frozen trunk sees is then changed less.
  ///   - features: how many values the last layer reads. Adam moves every weight by the rate, so that with few of them a
  ///     head trained alone would hardly get anywhere.
  ///   - invariances: what may be another about a picture.
  ///   - isWarm: whether the Student starts from one that knows the labels already: it needs fewer epochs then, and with
  ///     smaller steps it forgets less.
  public func recipes(
    pictures: Int, headOnly: Bool, features: Int = 1280, invariances: Invariances, isWarm: Bool = false
  ) -> (student: Recipe, differentiator: Recipe) {
    let factor =
      switch self {
      case .quick: 0.4
      case .standard: 1.0
      case .thorough: 2.0
      }
    func epochs(_ seen: Double, _ range: ClosedRange<Int>) -> Int {
      let epochs = min(max(seen / Double(max(1, pictures)), Double(range.lowerBound)), Double(range.upperBound))
      return max(2, Int((epochs * factor).rounded()))
    }
    // 2e-3 was found with 1280 features.
    let headRate = min(max(2e-3 * 1280 / Double(max(1, features)), 1e-3), 3e-2)
    var student = Recipe(
      epochs: headOnly ? epochs(12_000, 4...20) : epochs(100_000, 8...30), rate: headOnly ? headRate : 4e-3,
      augmentation: headOnly ? .mild : .strong)
    var differentiator = Recipe(epochs: epochs(70_000, 8...40), rate: 4e-3, augmentation: .strong)
    // Whoever mimics changes pixels a little and everywhere. Networks that saw noise and blur do not follow.
    differentiator.augmentation.noise = 20
    differentiator.augmentation.blur = 0.15
    if isWarm { (student.epochs, student.rate) = (max(2, student.epochs / 3), student.rate / 2) }
    (student.augmentation.flips, differentiator.augmentation.flips) = (invariances.flips, invariances.flips)
    // The Student is what its user makes of it: it may well go by colours.
    differentiator.augmentation.grey = invariances.grey
    if let scales = invariances.scales {
      (differentiator.augmentation.smallestScale, differentiator.augmentation.largestScale) =
        (scales.lowerBound, scales.upperBound)
    }
    let batch = pictures < 2000 ? min(32, max(8, pictures / 8)) : 64
    (student.batch, differentiator.batch) = (batch, batch)
    return (student, differentiator)
  }
}

extension Augmentation {
  /// Changes that leave the label of most things as it is.
  public static let mild: Augmentation = {
    var augmentation = Augmentation()
    augmentation.rotation = 14
    (augmentation.smallestScale, augmentation.largestScale) = (0.87, 1.3)
    augmentation.stretch = 0.07
    augmentation.shear = 0.1
    augmentation.shift = 0.08
    augmentation.brightness = 29
    augmentation.contrast = 0.35
    augmentation.saturation = 0.3
    return augmentation
  }()

  /// Stronger ones, for networks that are trained in most of their layers.
  public static let strong: Augmentation = {
    var augmentation = Augmentation()
    augmentation.rotation = 14
    (augmentation.smallestScale, augmentation.largestScale) = (0.87, 1.15)
    augmentation.stretch = 0.07
    augmentation.shear = 0.14
    augmentation.shift = 0.11
    augmentation.brightness = 40
    augmentation.contrast = 0.5
    augmentation.saturation = 0.4
    return augmentation
  }()
}
