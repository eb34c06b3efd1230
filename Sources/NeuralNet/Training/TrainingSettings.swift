/// How a ``Trainer`` trains.
public struct TrainingSettings: Sendable {
  /// How weights follow their gradients.
  public var optimizer: Optimizer
  /// How fast.
  public var schedule: LearningRateSchedule
  /// The share of each target that is spread over all classes; 0 for none.
  public var labelSmoothing: Double = 0
  /// The largest norm that the gradient of all weights together may have; larger ones are scaled down to it
  /// (Pascanu et al. 2013, as PyTorch's `clip_grad_norm_`). None if nil.
  public var largestGradientNorm: Double?
  /// Parameters that stay as they are, besides those up to ``frozenUpTo``.
  public var frozen: Set<String> = []
  /// The value, a cut layer's output, up to which everything is frozen, batch normalisations with their statistics.
  public var frozenUpTo: String?
  /// Whether weight decay spares biases and what normalisations scale and shift by. PyTorch's optimisers do not.
  public var decaysMatricesOnly = false
  /// What changes images before they are trained on, to the network's disadvantage; nil for nothing.
  public var adversary: Adversary?
  /// What keeps features away from those that the graph had; nil for nothing.
  public var distance: FeatureDistance?
  /// What dropout's numbers are drawn from.
  public var seed: UInt64 = 0
  /// The number of threads: each computes the gradients of its part of the batch.
  public var threads: Int = 1

  /// Settings with the defaults that the properties state.
  public init(optimizer: Optimizer, schedule: LearningRateSchedule) {
    self.optimizer = optimizer
    self.schedule = schedule
  }

  func validate() throws(TrainingError) {
    try optimizer.validate()
    try schedule.validate()
    guard (0...1).contains(labelSmoothing) else {
      throw .setting("a label smoothing of \(labelSmoothing); it must be in 0...1")
    }
    if let norm = largestGradientNorm {
      guard norm > 0, norm.isFinite else { throw .setting("a largest gradient norm of \(norm); it must be positive") }
    }
    try adversary?.validate()
    try distance?.validate()
    guard (1...1024).contains(threads) else { throw .setting("\(threads) threads; there must be 1 to 1024") }
  }
}
