/// How a ``Mimicry`` attack searches.
public struct MimicrySettings: Sendable, Hashable {
  /// The largest DSSIM from the source that the picture may have once its pixels are whole numbers; above 0, at most ½.
  public var budget: Double
  /// How often the network's gradient is taken: 200 for a quick attack, 2,000 for a full one.
  public var steps = 200
  /// Adam's first and largest step in `w`; at 0.02 it moves a mid-grey pixel by up to 2.5 grey levels. If left out it is
  /// 0.02 for a budget of 0.003 and goes with the budget's square root, as the size of differences does; 0.1 at most.
  public var rate: Double
  /// How many pictures go through the network together. It may change results in their last digits.
  public var batchSize = 8
  /// How many threads work, each on its own batch. It does not change results.
  public var threads = 1

  /// Settings with the defaults that the properties state.
  public init(budget: Double) {
    self.budget = budget
    rate = min(0.02 * (max(budget, 0) / 0.003).squareRoot(), 0.1)
  }

  func validate() throws(AttackError) {
    guard budget > 0, budget <= 0.5 else {
      throw .setting("a DSSIM budget of \(budget); it must be above 0 and at most 0.5")
    }
    guard (1...1_000_000).contains(steps) else { throw .setting("\(steps) steps; there must be 1 to 1,000,000") }
    guard rate > 0, rate <= 1 else { throw .setting("a rate of \(rate); it must be above 0 and at most 1") }
    guard (1...1024).contains(batchSize) else {
      throw .setting("batches of \(batchSize) pictures; there must be 1 to 1024")
    }
    guard (1...1024).contains(threads) else { throw .setting("\(threads) threads; there must be 1 to 1024") }
  }
}
