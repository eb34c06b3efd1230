import Defence
import Images

@testable import Evaluation

/// A made-up evaluation with all that a report must cope with: hostile labels, attacks that must be flagged, sets without a
/// picture, scores that are missing.
enum SampleRecord {
  static let hostile = "<script>alert('x')</script> & \"co\""
  static let labels = ["stop", "yield", hostile]

  static func verdict(
    _ set: String, _ index: Int, label: Int = 0, target: Int? = nil, student: Int, score: Double?, accepted: Bool,
    distance: Double? = nil, queries: Int? = nil, baseline: Double = 0.5
  ) -> VerdictRecord {
    VerdictRecord(
      set: set, index: index, source: index, label: label, target: target, distance: distance, queries: queries,
      student: student, confidence: 0.9, scores: [score, score.map { $0 / 2 }, nil],
      agrees: [accepted, index % 2 == 0, false], asked: [0, 1], score: score, threshold: 0.3, accepted: accepted,
      baselines: ["feature-squeezing": baseline])
  }

  static func attack(
    _ threat: AttackRecord.Threat, _ name: String, _ norm: AttackRecord.Norm, _ budget: Double,
    strongerThan: [String] = [], isTargeted: Bool = false, disclosure: String? = nil, against: String? = nil
  ) -> AttackRecord {
    AttackRecord(
      id: "\(threat.rawValue)/\(name)/\(norm.rawValue)-\(budget)", threat: threat, attack: name, isTargeted: isTargeted,
      norm: norm, budget: budget, steps: 10, method: "made up & <odd>", strongerThan: strongerThan,
      disclosure: disclosure, against: against, seconds: 1)
  }

  /// An attack's verdicts: so many succeed, so many only fool the Student, the rest fail.
  static func verdicts(of attack: AttackRecord, succeed: Int, fool: Int, fail: Int) -> [VerdictRecord] {
    (0..<(succeed + fool + fail)).map { index in
      let isFooled = index < succeed + fool
      return verdict(
        attack.id, index, target: attack.isTargeted ? 1 : nil, student: isFooled ? 1 : 0,
        score: index < succeed ? 0.6 : isFooled ? 0.01 * Double(index % 20) : 0.8,
        accepted: index < succeed || !isFooled,
        distance: attack.budget * (index == 3 ? 1 : 0.5),
        queries: attack.disclosure == nil ? nil : index < succeed ? 10 * (index + 1) : 300,
        baseline: 0.04 * Double(index % 20))
    }
  }

  static var record: EvaluationRecord {
    let mimicry = [0.003, 0.01].map { attack(.t1, "mimicry", .dssim, $0, isTargeted: true) }
    let joint = [1.0, 4, 16].map { attack(.t4, "joint-apgd", .linf, $0, strongerThan: ["pgd-student"]) }
    let blind = [1.0, 4, 16].map { attack(.t4, "pgd-student", .linf, $0) }
    let queried = attack(.t5, "square", .linf, 8, disclosure: "coarse")
    let prior = attack(.t4, "joint-feature-squeezing", .linf, 4, against: "feature-squeezing")
    let empty = attack(.t2, "transfer-pgd", .linf, 8)
    var verdicts: [VerdictRecord] = []
    for index in 0..<100 {
      let (label, share) = (index % 3, Double(index) / 100)
      let student = index < 95 ? label : (index + 1) % 3
      let score: Double? = index == 7 ? nil : share
      verdicts.append(
        verdict(
          "clean", index, label: label, student: student, score: score, accepted: index >= 2, baseline: share))
    }
    verdicts += (0..<10).map { verdict("noise/jpeg-50", $0, student: 0, score: 0.5, accepted: $0 != 4) }
    verdicts += Self.verdicts(of: mimicry[0], succeed: 0, fool: 310, fail: 10)
    verdicts += Self.verdicts(of: mimicry[1], succeed: 3, fool: 300, fail: 5)
    // Falls with the budget, and does not reach all.
    verdicts += Self.verdicts(of: joint[0], succeed: 30, fool: 5, fail: 5)
    verdicts += Self.verdicts(of: joint[1], succeed: 10, fool: 20, fail: 10)
    verdicts += Self.verdicts(of: joint[2], succeed: 39, fool: 1, fail: 0)
    // More than the joint attack.
    verdicts += Self.verdicts(of: blind[0], succeed: 2, fool: 30, fail: 8)
    verdicts += Self.verdicts(of: blind[1], succeed: 38, fool: 2, fail: 0)
    verdicts += Self.verdicts(of: blind[2], succeed: 0, fool: 40, fail: 0)
    verdicts += Self.verdicts(of: queried, succeed: 4, fool: 3, fail: 3)
    verdicts += Self.verdicts(of: prior, succeed: 5, fool: 20, fail: 15)
    let picture = Picture(width: 2, height: 2, pixels: [10, 20, 30, 0, 0, 0, 255, 255, 255, 9, 9, 9])
    let changed = Picture(width: 2, height: 2, pixels: [13, 20, 30, 0, 0, 40, 215, 255, 255, 9, 9, 9])
    return EvaluationRecord(
      run: RunRecord(
        created: "2026-11-27T00:00:00Z", command: "distinguo evaluate --data '<b>'", seconds: 100, model: "signs",
        version: 1, digest: "sha256:00", labels: labels, differentiators: ["d01", "d02", "d03"],
        pruningRatios: [0.5, 0.6, 0.7], asked: 2, policy: .calibrated, aggregation: .mean, alpha: 0.01,
        inputSize: [2, 2], data: hostile,
        pictures: 100, seed: 1, preset: "quick", threats: [.t1, .t2, .t4, .t5], surrogates: []),
      attacks: mimicry + joint + blind + [empty, queried], priorAttacks: [prior],
      baselines: [
        BaselineRecord(name: "feature-squeezing", method: "made up", threshold: 0.05, calibrationPictures: 50)
      ], verdicts: verdicts,
      examples: [
        .init(set: mimicry[1].id, index: 0, source: picture, target: picture, adversarial: changed),
        .init(set: joint[0].id, index: 30, source: picture, target: nil, adversarial: changed),
      ])
  }
}
