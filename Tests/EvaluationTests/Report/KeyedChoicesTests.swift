import Defence
import Testing

@testable import Evaluation

@Suite struct KeyedChoicesTests {
  private static func run(
    _ asked: Int, policy: Policy = .calibrated, aggregation: Aggregation = .mean
  ) -> RunRecord {
    var run = SampleRecord.record.run
    (run.asked, run.policy, run.aggregation) = (asked, policy, aggregation)
    return run
  }

  private static func verdict(_ scores: [Double?], _ agrees: [Bool]? = nil, threshold: Double? = 0.5) -> VerdictRecord {
    var verdict = SampleRecord.verdict("clean", 0, student: 0, score: 0, accepted: false)
    (verdict.scores, verdict.threshold) = (scores, threshold)
    verdict.agrees = agrees ?? scores.map { _ in false }
    return verdict
  }

  /// Scores, how many are asked, how they become one → the share of choices that accept at 0.5.
  static let choices: [(scores: [Double?], asked: Int, aggregation: Aggregation, share: Double)] = [
    ([1, 1, 0], 2, .mean, 1), ([1, 1, 0], 2, .geometricMean, 1 / 3), ([1, 1, 0], 1, .mean, 2 / 3),
    ([1, 0.4, 0, 0], 2, .mean, 0.5), ([0.9, 0.4, 0, 0], 2, .mean, 1 / 6), ([0.9, 0.4, 0, 0], 4, .mean, 0),
    // Fewer are asked where fewer hold the label.
    ([1, nil, 0.2], 3, .mean, 1), ([1, nil, nil], 2, .mean, 1), ([nil, nil], 2, .mean, 1), ([0.5], 1, .mean, 1),
  ]

  @Test(arguments: choices.indices) func `each choice counts once`(_ index: Int) throws {
    let (scores, asked, aggregation, share) = Self.choices[index]
    let found = KeyedChoices(run: Self.run(asked, aggregation: aggregation)).acceptance(of: Self.verdict(scores))
    #expect(abs(try #require(found) - share) < 1e-12)
  }

  @Test func `votes are counted`() throws {
    let verdict = Self.verdict([0.1, 0.1, 0.1, 0.1], [true, true, true, false], threshold: nil)
    #expect(KeyedChoices(run: Self.run(3, policy: .vote)).acceptance(of: verdict) == 1)
    #expect(KeyedChoices(run: Self.run(1, policy: .vote)).acceptance(of: verdict) == 0.75)
    #expect(KeyedChoices(run: Self.run(2, policy: .vote)).acceptance(of: verdict) == 0.5)
  }

  @Test func `too many choices are not looked at, nor do numbers overflow`() {
    for count in [40, 256] {
      let verdict = Self.verdict([Double?](repeating: 1, count: count))
      #expect(KeyedChoices(run: Self.run(count / 2)).acceptance(of: verdict) == nil)
      #expect(KeyedChoices(run: Self.run(count / 2)).accuracyLost([verdict]) == nil)
      #expect(KeyedChoices(run: Self.run(count)).acceptance(of: verdict) == 1)
    }
  }

  @Test func `what is lost is counted of all pictures, and only where the Student is right`() {
    var wrong = Self.verdict([0, 0])
    wrong.label = 1
    let all = [Self.verdict([1, 0]), Self.verdict([1, 1]), wrong, Self.verdict([0, 0])]
    #expect(KeyedChoices(run: Self.run(1)).accuracyLost(all) == 37.5)
    #expect(KeyedChoices(run: Self.run(1)).accuracyLost([]) == 0)
  }
}
