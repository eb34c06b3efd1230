import Attacks
import Images
import TestSupport
import Testing

@Suite struct ObjectiveTests {
  private static let picture = Picture(width: 1, height: 1, pixels: [0, 0, 0])
  private static func defence(_ aggregation: DefenceObjective.Aggregation) -> DefenceObjective {
    var objective = DefenceObjective(
      judges: [
        .init(outputs: [0, 1, 2, 3, 4]), .init(outputs: [nil, 0, 1, nil, 2]), .init(outputs: [0, 1, 2, 3, 4]),
      ],
      thresholds: [0.3, 0.2, 0.4, 0.3, 0.5], aggregation: aggregation)
    // Both terms are to count everywhere.
    (objective.margin, objective.reserve) = (100, 1)
    return objective
  }

  /// By name, so that a test says which one it is.
  static let objectives: [(name: String, objective: any AttackObjective, heads: [Int])] = [
    ("cross-entropy", CrossEntropyObjective(), [5]), ("margin", MarginObjective(), [5]),
    ("ratio", LogitRatioObjective(), [5]), ("ratio of three", LogitRatioObjective(), [3]),
    ("transfer", TransferObjective(), [5, 5, 5]), ("defence", defence(.mean), [5, 5, 4, 5]),
    ("defence by geometric mean", defence(.geometricMean), [5, 5, 4, 5]),
  ]

  private static func rows(_ heads: [Int], seed: UInt64) -> [[Float]] {
    var random = SeededGenerator(seed: seed)
    return heads.map { count in (0..<count).map { _ in Float.random(in: -3...3, using: &random) } }
  }

  @Test(arguments: objectives.indices, [nil, 2]) func `its gradient is that of finite differences`(
    _ index: Int, _ target: Int?
  ) {
    let (name, objective, heads) = Self.objectives[index]
    for seed in 0..<20 as Range<UInt64> {
      let goal = AttackGoal(Self.picture, label: 1, target: target)
      var rows = Self.rows(heads, seed: seed)
      func value() -> Double {
        var unused = [[Float]?](repeating: nil, count: heads.count)
        return objective.value(rows.map { $0[...] }, goal, seeds: &unused)
      }
      var seeds = [[Float]?](repeating: nil, count: heads.count)
      _ = objective.value(rows.map { $0[...] }, goal, seeds: &seeds)
      for head in heads.indices {
        for place in 0..<heads[head] {
          let (step, held): (Float, Float) = (1e-3, rows[head][place])
          rows[head][place] = held + step
          let above = value()
          rows[head][place] = held - step
          let below = value()
          rows[head][place] = held
          let slope = (above - below) / Double(2 * step)
          let given = Double(seeds[head]?[place] ?? 0)
          #expect(abs(slope - given) < 2e-2 * max(1, abs(slope)), "\(name) \(seed) \(head) \(place)")
        }
      }
    }
  }

  @Test func `a goal is reached when the first label is wrong, or the wanted one`() {
    let rows: [ArraySlice<Float>] = [[0, 2, 1]]
    func reached(_ label: Int, _ target: Int?) -> Bool {
      CrossEntropyObjective().isReached(rows, AttackGoal(Self.picture, label: label, target: target))
    }
    #expect(!reached(1, nil) && reached(0, nil) && reached(0, 1) && !reached(0, 2))
  }

  @Test func `the defence's is reached when it accepts a wrong label`() {
    let objective = DefenceObjective(
      judges: [.init(outputs: [0, 1]), .init(outputs: [0, 1])], thresholds: [0.5, 0.5])
    func reached(_ rows: [[Float]]) -> Bool {
      objective.isReached(rows.map { $0[...] }, AttackGoal(Self.picture, label: 0))
    }
    #expect(reached([[0, 5], [0, 5], [0, 5]]))
    #expect(reached([[0, 5], [0, 9], [0, 0.1]]))
    // One differentiator objects so much that the mean is below the threshold.
    #expect(!reached([[0, 5], [0, 0.1], [9, 0]]))
    #expect(!reached([[5, 0], [0, 5], [0, 5]]))
  }

  @Test func `by geometric mean one that objects is not outvoted`() {
    let rows: [[Float]] = [[0, 5], [0, 9], [0, 9], [3, 0]]
    func isReached(_ aggregation: DefenceObjective.Aggregation) -> Bool {
      DefenceObjective(
        judges: Array(repeating: .init(outputs: [0, 1]), count: 3), thresholds: [0.5, 0.5], aggregation: aggregation
      ).isReached(rows.map { $0[...] }, AttackGoal(Self.picture, label: 0))
    }
    #expect(isReached(.mean) && !isReached(.geometricMean))
  }

  @Test func `by geometric mean who is sure of another label is still followed`() throws {
    // Its probability is nothing in a mean, where its gradient vanishes.
    let rows: [ArraySlice<Float>] = [[0, 5], [0, 1], [200, 0]]
    func slope(_ aggregation: DefenceObjective.Aggregation) throws -> Float {
      let objective = DefenceObjective(
        judges: [.init(outputs: [0, 1]), .init(outputs: [0, 1])], thresholds: [0.9, 0.9], aggregation: aggregation)
      var seeds: [[Float]?] = [nil, nil, nil]
      _ = objective.value(rows, AttackGoal(Self.picture, label: 0), seeds: &seeds)
      return try #require(seeds[2])[1]
    }
    #expect(try slope(.geometricMean) > 0.49 && slope(.mean) < 1e-6)
  }

  @Test func `where no scope holds the label the Student alone decides`() {
    let objective = DefenceObjective(judges: [.init(outputs: [0, nil])], thresholds: [0.5, 0.5])
    let goal = AttackGoal(Self.picture, label: 0)
    #expect(objective.isReached([[0, 5], [9]], goal))
    var seeds: [[Float]?] = [nil, [1]]
    _ = objective.value([[0, 1], [9]], goal, seeds: &seeds)
    #expect(seeds[0] == [-1, 1] && seeds[1] == nil)
  }
}
