@testable import Defence
import Foundation
import Testing

@Suite struct VerdictTests {
  private func judgement(_ opinions: [(score: Double, agrees: Bool)]) -> Judgement {
    Judgement(
      studentLabel: 2, confidence: 0.9,
      opinions: opinions.enumerated().map { .init(id: "d0\($0)", score: $1.score, agrees: $1.agrees) })
  }

  /// Scores, threshold → accepted; the mean decides.
  static let calibrated: [(scores: [Double], threshold: Double, isAccepted: Bool)] = [
    ([0.9, 0.5], 0.7, true), ([0.9, 0.4], 0.7, false), ([0.7], 0.7, true), ([0.699], 0.7, false), ([0], 0, true),
    ([1, 1, 0], 0.5, true),
    // Nothing is concluded from what is not a number.
    ([.nan, 1], 0.5, false),
  ]

  @Test(arguments: calibrated.indices) func `calibrated: the mean score is held against the threshold`(_ index: Int) {
    let (scores, threshold, isAccepted) = Self.calibrated[index]
    // That none agrees is of no importance here.
    let verdict = Verdict(judgement(scores.map { ($0, false) }), policy: .calibrated, threshold: threshold)
    #expect(verdict.isAccepted == isAccepted)
    #expect(verdict.reason == (isAccepted ? nil : .scoreBelowThreshold))
    #expect(verdict.threshold == threshold)
    #expect(verdict.studentLabel == 2 && verdict.confidence == 0.9)
    #expect(verdict.opinions.map(\.id) == scores.indices.map { "d0\($0)" })
    if !scores[0].isNaN { #expect(verdict.score == scores.reduce(0, +) / Double(scores.count)) }
  }

  /// Scores, threshold → accepted; the geometric mean decides.
  static let pooled: [(scores: [Double], threshold: Double, isAccepted: Bool)] = [
    ([0.9, 0.4], 0.6, true), ([0.9, 0.4], 0.601, false), ([0.7], 0.7, true), ([0], 0, true), ([0, 1, 1], 0.001, false),
    // Two that are fooled do not outvote a third.
    ([1, 1, 0.001], 0.101, false), ([1, 1, 0.001], 0.099, true),
    ([.nan, 1], 0.5, false),
  ]

  @Test(arguments: pooled.indices) func `geometric mean: it is held against the threshold`(_ index: Int) {
    let (scores, threshold, isAccepted) = Self.pooled[index]
    let verdict = Verdict(
      judgement(scores.map { ($0, true) }), policy: .calibrated, aggregation: .geometricMean,
      // A last digit is not what is tried here.
      threshold: max(0, threshold - 1e-12))
    #expect(verdict.isAccepted == isAccepted)
    #expect(verdict.reason == (isAccepted ? nil : .scoreBelowThreshold))
    if !scores[0].isNaN {
      let product = scores.reduce(1, *)
      #expect(abs((verdict.score ?? -1) - pow(product, 1 / Double(scores.count))) < 1e-12)
    }
  }

  @Test(arguments: Aggregation.allCases) func `no score is made of none`(_ aggregation: Aggregation) {
    #expect(aggregation.score(of: []) == nil)
    #expect(aggregation.score(of: [0.25]).map { abs($0 - 0.25) < 1e-15 } == true)
  }

  @Test(arguments: [
    ([true], true), ([false], false), ([true, false], false), ([true, true, false], true),
    ([true, true, false, false], false), ([false, false, false], false),
  ]) func `vote: more than half must agree`(_ agreeing: [Bool], _ isAccepted: Bool) {
    // Neither score nor threshold are of importance here.
    let verdict = Verdict(judgement(agreeing.map { (0.3, $0) }), policy: .vote, threshold: 0.9)
    #expect(verdict.isAccepted == isAccepted)
    #expect(verdict.reason == (isAccepted ? nil : .outvoted))
    #expect(verdict.threshold == nil)
    #expect(abs((verdict.score ?? 0) - 0.3) < 1e-12)
  }

  @Test(arguments: Policy.allCases) func `where none is asked the Student's label is the answer`(_ policy: Policy) {
    let verdict = Verdict(judgement([]), policy: policy, threshold: 0.9)
    #expect(verdict.isAccepted)
    #expect(verdict.score == nil && verdict.threshold == nil && verdict.reason == nil)
  }
}

@Suite struct RateTests {
  /// Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3; then two ends.
  static let known: [(count: Int, of: Int, low: Double, high: Double)] = [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
    (20, 20, 0.8389, 1), (5, 10, 0.2366, 0.7634),
  ]

  @Test(arguments: known.indices) func `a rate has Wilson's interval`(_ index: Int) {
    let (count, of, low, high) = Self.known[index]
    let rate = Rate(count, of: of)
    #expect(rate.count == count && rate.of == of)
    #expect(abs(rate.share - Double(count) / Double(of)) < 1e-5)
    #expect(abs(rate.low - low) < 6e-5 && abs(rate.high - high) < 6e-5, "\(rate.low) \(rate.high)")
  }

  @Test func `nothing of nothing can be anything`() {
    let rate = Rate(0, of: 0)
    #expect(rate.share == 0 && rate.low == 0 && rate.high == 1)
  }
}

@Suite struct CleanMeasurementTests {
  private func verdict(_ label: Int, accepted: Bool) -> Verdict {
    Verdict(
      Judgement(
        studentLabel: label, confidence: 1, opinions: [.init(id: "d01", score: accepted ? 1 : 0, agrees: true)]),
      policy: .calibrated, threshold: 0.5)
  }

  @Test func `right ones, accepted ones and rejected ones are counted`() {
    let measured = CleanMeasurement(
      data: "d",
      verdicts: [
        verdict(0, accepted: true), verdict(1, accepted: true), verdict(0, accepted: false),
        verdict(1, accepted: false),
        verdict(1, accepted: true),
      ], labels: [0, 1, 0, 0, 0])
    #expect(measured.studentAccuracy == Rate(3, of: 5))
    #expect(measured.endToEndAccuracy == Rate(2, of: 5))
    #expect(measured.cleanRejectionRate == Rate(1, of: 3))
  }
}
