internal import NeuralNet

/// How one network is trained: AdamW with decay of matrices only, along half a cosine after a linear warm-up.
public struct Recipe: Sendable, Hashable, Codable {
  /// How many epochs there can be.
  public static let epochNumbers = 1...10_000

  /// How often each picture is seen.
  public var epochs: Int
  /// Pictures in a step.
  public var batch = 64
  /// The highest learning rate.
  public var rate: Double
  /// The share of the steps that the rate takes to get there.
  public var warmUp = 0.15
  /// See ``Optimizer/adamW(beta1:beta2:epsilon:weightDecay:)``.
  public var weightDecay = 0.05
  /// The share of each target that is spread over all classes.
  public var labelSmoothing = 0.1
  /// How far an adversary moves the pixels of a half of the pictures, on the scale 0...255; 0 for none.
  public var adversarialRadius = 0.0
  /// What is done to the pictures.
  public var augmentation: Augmentation

  /// A recipe with the defaults that the properties state.
  public init(epochs: Int, rate: Double, augmentation: Augmentation) {
    self.epochs = epochs
    self.rate = rate
    self.augmentation = augmentation
  }

  /// The share of the pictures that an adversary changes: a network that only ever sees such pictures knows clean ones
  /// less well.
  private static let adversarialShare = 0.5

  /// - Parameters:
  ///   - steps: in all.
  ///   - format: how pictures become input.
  func settings(
    steps: Int, seed: UInt64, threads: Int, frozenUpTo cut: String?, format: InputFormat
  ) -> TrainingSettings {
    let warmUp = min(Int(warmUp * Double(steps)), steps - 1)
    var settings = TrainingSettings(
      optimizer: .adamW(weightDecay: weightDecay), schedule: .cosine(maximum: rate, steps: steps, warmUp: warmUp))
    settings.labelSmoothing = labelSmoothing
    settings.decaysMatricesOnly = true
    settings.frozenUpTo = cut
    if adversarialRadius > 0 {
      settings.adversary = Adversary(
        radius: format.std.map { Float(adversarialRadius) / $0 },
        range: zip(format.mean, format.std).map { (0 - $0) / $1...(255 - $0) / $1 }, share: Self.adversarialShare)
    }
    settings.seed = seed
    settings.threads = threads
    return settings
  }

  /// - Throws: ``DefenceError/setting(_:)`` for numbers out of range.
  func validate(_ what: String) throws(DefenceError) {
    guard Self.epochNumbers.contains(epochs) else {
      throw .setting("\(what): \(epochs) epochs; there must be 1 to \(Self.epochNumbers.upperBound)")
    }
    guard (2...4096).contains(batch) else { throw .setting("\(what): a batch of \(batch); it must be 2 to 4096") }
    guard rate > 0, rate <= 1 else {
      throw .setting("\(what): a learning rate of \(rate); it must be more than 0 and 1 at most")
    }
    for (name, share) in [("warm-up", warmUp), ("weight decay", weightDecay), ("label smoothing", labelSmoothing)] {
      guard (0...1).contains(share) else { throw .setting("\(what): a \(name) of \(share); it must be 0 to 1") }
    }
    if let fault = augmentation.fault { throw .setting("\(what): \(fault)") }
  }
}
