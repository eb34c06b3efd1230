internal import Base
public import Images

/// HopSkipJump (Chen, Jordan and Wainwright 2020): from a picture that has what is wanted along the boundary towards the
/// original, by nothing but yes and no.
///
/// Each round goes to the boundary by halving, estimates its direction from random neighbours, and steps along it.
///
/// Deviations: pictures are whole pixel values at every question, so that neighbours are at least a pixel value away on the
/// mean and halving ends where rounding leaves nothing between; the nearest picture that was ever answered with yes is the
/// result.
public struct HopSkipJump: Sendable {
  /// How the distance is measured.
  public var norm: GradientSettings.Norm
  /// How many questions may be asked for each picture.
  public var queries: Int
  /// How many rounds there are at most.
  public var rounds = 64
  /// How many neighbours the first round asks about; they grow with the square root of the round.
  public var neighbours = 50
  /// How many neighbours a round asks about at most.
  public var mostNeighbours = 1000
  /// The distance, in the norm's scale, from which on a picture counts as near enough; 0 to go on with all questions.
  public var radius = 0.0
  /// How many pictures are attacked at a time.
  public var walks = 1
  /// What neighbours are drawn from.
  public var seed: UInt64 = 1

  /// The attack with so many questions.
  public init(_ norm: GradientSettings.Norm = .l2, queries: Int) { (self.norm, self.queries) = (norm, queries) }

  /// What the attack found.
  public struct Found: Sendable, Hashable {
    /// The nearest picture that has what is wanted; the original if none has.
    public let picture: Picture
    /// Whether it has.
    public let succeeds: Bool
    /// Its distance from the original, in the norm's scale.
    public let distance: Double
    /// How many questions were asked until it was within ``HopSkipJump/radius``, or in all.
    public let queries: Int
  }

  /// Attacks pictures, ``walks`` of them at a time.
  ///
  /// - Parameters:
  ///   - starts: for each goal pictures that may have what is wanted, such as genuine ones of other labels; noise is tried
  ///     after them.
  ///   - progress: is told after each picture, by any thread; what it throws ends the attack.
  /// - Returns: one result for each, in order.
  /// - Throws: ``AttackError`` for settings out of range, and what the oracle throws.
  public func attack(
    _ oracle: any QueryOracle, _ goals: [AttackGoal], from starts: [[Picture]],
    progress: (@Sendable (AttackProgress) throws -> Void)? = nil
  ) throws -> [Found] {
    precondition(starts.count == goals.count, "starts for each goal")
    try validate()
    let ended = LockBox(0)
    return try BatchRun(batchSize: 1, threads: walks).run(goals.count, makeWorker: {}) { _, places in
      try places.map { index in
        var walk = BoundaryWalk(self, oracle, goals[index], draw: CounterGenerator(seed, UInt64(index)))
        let found = try walk.run(from: starts[index])
        try ended.withLock { ended in
          ended += 1
          try progress?(AttackProgress(steps: ended * queries, total: goals.count * queries))
        }
        return found
      }
    }
  }

  private func validate() throws(AttackError) {
    guard (1...10_000_000).contains(queries) else {
      throw .setting("\(queries) questions; there must be 1 to 10,000,000")
    }
    guard (1...100_000).contains(rounds) else { throw .setting("\(rounds) rounds; there must be 1 to 100,000") }
    guard (2...100_000).contains(neighbours), mostNeighbours >= neighbours else {
      throw .setting(
        "\(neighbours) to \(mostNeighbours) neighbours; there must be 2 at least, and no more than at most")
    }
    guard (1...1024).contains(walks) else { throw .setting("\(walks) walks at a time; there must be 1 to 1,024") }
    guard radius >= 0 else { throw .setting("a radius of \(radius); it must be 0 at least") }
  }
}
