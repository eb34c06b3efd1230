import Base
import Testing

@testable import Defence

struct CalibrationTests {
  /// Scores 0.001, 0.002, … of one label, in an order that is not theirs.
  private static func ladder(_ count: Int) -> [Double] {
    CounterGenerator(7).permutation(of: count).map { Double($0 + 1) / 1000 }
  }

  @Test(arguments: [
    // n, alpha, the rank ⌊alpha · (n + 1)⌋ of the threshold
    (99, 0.01, 1), (100, 0.01, 1), (198, 0.01, 1), (199, 0.01, 2), (999, 0.01, 10), (19, 0.05, 1), (39, 0.05, 2),
    (9, 0.3, 3), (1, 0.5, 1), (3, 0.99, 3), (1, 0.999_999_999_999, 1), (500, 0.002, 1),
  ])
  func `the pooled threshold is the score of rank alpha times one more than there are`(
    count: Int, alpha: Double, rank: Int
  ) throws {
    let calibration = try Calibration(scores: [Self.ladder(count), []], alpha: alpha)
    #expect(calibration.pooled == Double(rank) / 1000)
  }

  @Test(arguments: [
    (0, 0.01, "99"), (98, 0.01, "99"), (18, 0.05, "19"), (498, 0.002, "499"), (0, 0.999, "1"),
    // More than any integer type holds.
    (5, 1e-30, "1e+30"),
  ])
  func `too few scores are named with the number that is needed`(count: Int, alpha: Double, needed: String) throws {
    let error = try #require(throws: DefenceError.self) {
      try Calibration(scores: [Self.ladder(count)], alpha: alpha)
    }
    guard case .data(let text) = error else {
      Issue.record("\(error) is of another kind")
      return
    }
    #expect(text.contains("needs \(needed) withheld pictures"))
    #expect(text.contains("there are \(count):"))
  }

  @Test(arguments: [99, 7, 18, 198, 1233])
  func `the alpha that is suggested for too few scores suffices`(count: Int) throws {
    let error = try #require(throws: DefenceError.self) {
      try Calibration(scores: [Self.ladder(count)], alpha: 1 / Double(count + 2))
    }
    let words = error.description.split(separator: " ")
    let place = try #require(words.lastIndex(of: "of"))
    let alpha = try #require(Double(words[place + 1]))
    #expect(try Calibration(scores: [Self.ladder(count)], alpha: alpha).pooled == 0.001)
    #expect(alpha < 1 / Double(count + 1) + 0.001)
  }

  @Test(arguments: [0, 1, -0.1, 1.5, .nan, .infinity])
  func `an alpha that is no share is refused`(alpha: Double) {
    #expect(throws: DefenceError.setting("an alpha of \(alpha); it must be more than 0 and less than 1")) {
      try Calibration(scores: [Self.ladder(100)], alpha: alpha)
    }
  }

  @Test func `a label decides its own threshold from the rank two on, and shares the pooled one below`() throws {
    let (many, few) = (Self.ladder(199), Self.ladder(198).map { $0 + 0.5 })
    let calibration = try Calibration(scores: [many, few, []], alpha: 0.01)
    #expect(calibration.isPooled == [false, true, true])
    // Of the 397 scores together the third smallest.
    #expect(calibration.pooled == 0.003)
    #expect(calibration.thresholds == [0.002, 0.003, 0.003])
    #expect(calibration.scores == [many.sorted(), few.sorted(), []])
  }

  /// Draws clean scores of the kind that networks give, most near 1 and some anywhere.
  private static func draw(_ count: Int, _ generator: CounterGenerator) -> [Double] {
    (0..<count).map { index in
      let value = Double(generator.uniform(UInt64(index)))
      return 1 - value * value * value * value
    }
  }

  /// The marginal guarantee of split conformal prediction, for labels with thresholds of their own and with the pooled one.
  @Test(arguments: [
    (0.01, [400, 400]), (0.05, [120, 300]), (0.1, [15, 15, 15]), (0.05, [25, 400]),
  ])
  func `over many splits the share of clean scores below the threshold is at most alpha`(
    alpha: Double, counts: [Int]
  ) throws {
    let (splits, tested) = (300, 200)
    var shares: [Double] = []
    for split in 0..<splits {
      let scores = counts.enumerated().map { label, count in
        Self.draw(count, CounterGenerator(1, UInt64(split), UInt64(label)))
      }
      let calibration = try Calibration(scores: scores, alpha: alpha)
      var rejected = 0
      for label in counts.indices {
        let fresh = Self.draw(tested, CounterGenerator(2, UInt64(split), UInt64(label)))
        rejected += fresh.count { $0 < calibration.thresholds[label] }
      }
      shares.append(Double(rejected) / Double(tested * counts.count))
    }
    let mean = shares.reduce(0, +) / Double(splits)
    let variance = shares.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(splits - 1)
    let interval = 1.96 * (variance / Double(splits)).squareRoot()
    #expect(mean <= alpha + interval)
    // Thresholds that reject nothing would keep any alpha.
    #expect(mean >= 0.6 * alpha)
  }

  @Test(arguments: Aggregation.allCases)
  func `the file's thresholds are those of its scores, and others are refused`(_ aggregation: Aggregation) throws {
    let labels = ["a", "b"]
    let calibration = try Calibration(
      scores: [Self.ladder(250), Self.ladder(120)], alpha: 0.01, aggregation: aggregation)
    var file = CalibrationFile(calibration, labels: labels)
    #expect(file.aggregation == aggregation.rawValue)
    #expect(try file.calibration(labels: labels, file: "calibration.json") == calibration)
    file.thresholds["b"] = 0.5
    #expect(
      throws: DefenceError.bundle(
        file: "calibration.json", "the threshold of 'b' is 0.5, and its scores give \(calibration.pooled)")
    ) {
      try file.calibration(labels: labels, file: "calibration.json")
    }
  }
}
