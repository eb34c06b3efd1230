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
  /// - Parameter headOnly: whether only the Student's last layer is trained, which needs high rates and many epochs.
  public func recipes(
    pictures: Int, headOnly: Bool, augmentation: Augmentation
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
    let batch = min(64, max(8, pictures / 8))
    var student = Recipe(epochs: epochs(80_000, 8...30), rate: headOnly ? 3e-3 : 4e-3, augmentation: augmentation)
    var differentiator = Recipe(epochs: epochs(70_000, 8...40), rate: 4e-3, augmentation: augmentation)
    (student.batch, differentiator.batch) = (batch, batch)
    return (student, differentiator)
  }
}

extension Augmentation {
  /// Strong changes that leave the label of most things as it is, but for left and right.
  public static let standard: Augmentation = {
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
