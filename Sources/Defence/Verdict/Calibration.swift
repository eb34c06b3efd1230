internal import Foundation

/// Thresholds by split conformal prediction (Vovk et al. 2005; Papadopoulos et al. 2002): at most a share α of clean
/// images that the Student gets right has an aggregated score below its label's threshold.
///
/// With n clean scores the threshold is the ⌊α · (n + 1)⌋-th smallest. A label has a threshold of its own where that rank
/// is 2 at least, so that one odd score does not decide it; the other labels share one over all scores. Where mirror images
/// count, an odd picture and its own can.
public struct Calibration: Sendable, Equatable {
  /// The largest share of clean images that may be rejected, in 0..<1.
  public let alpha: Double
  /// For each label of the Student, the aggregated scores of clean images that were withheld from training and that the
  /// Student gets right, ascending. Empty for labels that are not defended.
  public let scores: [[Double]]
  /// For each label, below which score an image is rejected.
  public let thresholds: [Double]
  /// Which labels have a threshold of their own rather than the pooled one.
  public let isPooled: [Bool]
  /// The threshold over all labels.
  public let pooled: Double
  /// How scores became one: what is held against a threshold is made the same way.
  public let aggregation: Aggregation

  /// The rank from which a label's own scores decide its threshold.
  private static let smallestRank = 2

  /// - Throws: ``DefenceError`` for an α out of range, or with too few scores for it.
  public init(scores: [[Double]], alpha: Double, aggregation: Aggregation = .mean) throws(DefenceError) {
    guard alpha > 0, alpha < 1 else { throw .setting("an alpha of \(alpha); it must be more than 0 and less than 1") }
    let sorted = scores.map { $0.sorted() }
    let all = sorted.flatMap { $0 }.sorted()
    try Self.check(pictures: all.count, alpha: alpha)
    let pooled = all[Self.rank(of: alpha, among: all.count) - 1]
    self.alpha = alpha
    self.aggregation = aggregation
    self.scores = sorted
    self.pooled = pooled
    let own = sorted.map { Self.threshold($0, alpha, rank: Self.smallestRank) }
    isPooled = own.map { $0 == nil }
    thresholds = own.map { $0 ?? pooled }
  }

  /// - Parameter scoresEach: how many scores there are of each picture.
  /// - Throws: ``DefenceError/data(_:)`` if α cannot be kept with the scores of so many pictures.
  static func check(pictures count: Int, scoresEach: Int = 1, alpha: Double) throws(DefenceError) {
    guard rank(of: alpha, among: scoresEach * count) < 1 else { return }
    // No integer: a tiny α asks for more than any holds.
    let scores = max(1, (1 / alpha - 1e-9).rounded(.up) - 1)
    let needed = String(format: "%.10g", (scores / Double(scoresEach)).rounded(.up))
    throw .data(
      "calibration with alpha \(alpha) needs \(needed) withheld pictures that the Student gets right, and there are "
        + "\(count): give more pictures, withhold a larger share"
        + (count > 0 ? ", or choose an alpha of \(rounded(1 / Double(scoresEach * count + 1))) at least" : ""))
  }

  /// Which of so many ascending scores is the threshold; below 1 if there are too few.
  private static func rank(of alpha: Double, among count: Int) -> Int {
    // A share such as 0.01 · 100 must not fall to 0.999…, nor one of almost 1 rise to a score that is not there.
    min(count, Int((alpha * Double(count + 1) + 1e-9).rounded(.down)))
  }

  /// The threshold that α asks of these ascending scores, or nil if its rank would be below `rank`.
  private static func threshold(_ scores: [Double], _ alpha: Double, rank smallest: Int) -> Double? {
    let rank = rank(of: alpha, among: scores.count)
    return rank >= smallest ? scores[rank - 1] : nil
  }

  /// Up to three digits, so that what is suggested suffices.
  private static func rounded(_ share: Double) -> Double { (share * 1000).rounded(.up) / 1000 }

  /// The verdict on what the networks said.
  func verdict(_ judgement: Judgement, policy: Policy) -> Verdict {
    Verdict(judgement, policy: policy, aggregation: aggregation, threshold: thresholds[judgement.studentLabel])
  }
}
