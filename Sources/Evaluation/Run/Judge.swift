internal import Attacks
internal import Defence
internal import Images

/// Shows pictures to the Student, to all differentiators and to the prior defences, and notes down what each says.
///
/// The verdict is the one that the gateway gives, by the differentiators that it asks; the others are asked for the
/// figures alone.
final class Judge {
  /// A picture to be judged, and what is known of it.
  struct Question {
    var picture: Picture
    var source: Int
    var label: Int
    var target: Int?
    var distance: Double?
    var queries: Int?
  }

  private let record: ModelRecord
  private let pool: DefencePool
  private let places: [String: Int]
  /// The prior defences' scores of pictures that the Student labels so, by the defences' names.
  var baselineScores: ([Picture], [Int]) throws -> [String: [Double]] = { _, _ in [:] }

  /// - Parameter pool: asks all differentiators of the bundle.
  init(_ record: ModelRecord, _ pool: DefencePool) {
    (self.record, self.pool) = (record, pool)
    places = Dictionary(
      uniqueKeysWithValues: record.manifest.differentiators.enumerated().map { ($0.element.id, $0.offset) })
  }

  /// What the Student says of pictures.
  func students(_ pictures: [Picture]) throws -> [Int] { try pool.judge(pictures).map(\.studentLabel) }

  /// - Parameter set: what the records name as theirs.
  func verdicts(_ set: String, _ questions: [Question]) throws -> [VerdictRecord] {
    let pictures = questions.map(\.picture)
    let judgements = try pool.judge(pictures)
    let baselines = try baselineScores(pictures, judgements.map(\.studentLabel))
    return questions.indices.map { index in
      let (question, judgement) = (questions[index], judgements[index])
      let verdict = record.verdict(judgement.limited(to: record.manifest.selection.count))
      var scores = [Double?](repeating: nil, count: places.count)
      var agrees = [Bool](repeating: false, count: places.count)
      for opinion in judgement.opinions {
        guard let place = places[opinion.id] else { continue }
        (scores[place], agrees[place]) = (opinion.score, opinion.agrees)
      }
      return VerdictRecord(
        set: set, index: index, source: question.source, label: question.label, target: question.target,
        distance: question.distance, queries: question.queries, student: judgement.studentLabel,
        confidence: judgement.confidence, scores: scores, agrees: agrees,
        asked: verdict.opinions.compactMap { places[$0.id] }, score: verdict.score, threshold: verdict.threshold,
        accepted: verdict.isAccepted, baselines: baselines.mapValues { $0[index] })
    }
  }
}

extension AttackRecord.Norm {
  /// How far a picture is from its source.
  func distance(of picture: Picture, from source: Picture) throws -> Double {
    switch self {
    case .dssim: return try MultiScaleSSIM(reference: source).dissimilarity(of: picture)
    case .linf:
      return Double(zip(picture.pixels, source.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) })
    case .l2:
      let sum = zip(picture.pixels, source.pixels).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
      return Double(sum).squareRoot() / 255
    }
  }
}
