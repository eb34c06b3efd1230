internal import Defence
internal import Images

/// The prior defences, tuned on the pictures that calibrated the bundle to reject the same share of them.
struct Baselines {
  let records: [BaselineRecord]
  private let bundle: ModelBundle
  private let defences: [any PriorDefence]

  /// - Parameters:
  ///   - calibration: pictures that were withheld from training, with their labels.
  ///   - judge: says what the Student says.
  ///   - copies: trains the networks of those that have their own; those are left out without it.
  ///   - alpha: the share of the calibration pictures that may be rejected, of those that the Student gets right.
  /// - Throws: ``DefenceError/data(_:)`` if there are too few for that.
  init(
    _ bundle: ModelBundle, calibration: [TrainingData.Item], _ judge: Judge, copies: StudentCopies? = nil,
    alpha: Double, seed: UInt64, threads: Int
  ) throws {
    let student = try StudentAnswers(bundle, threads: threads)
    let trained: [any PriorDefence] = try copies.map { [try $0.distant(), try $0.unpruned()] } ?? []
    let defences: [any PriorDefence] =
      [
        FeatureSqueezing(student: student), InputDropout(student: student, seed: seed),
        StudentConfidence(student: student),
      ] + trained
    (self.bundle, self.defences) = (bundle, defences)
    let pictures = calibration.map { bundle.manifest.input.fitted($0.picture) }
    let labels = try judge.students(pictures)
    let right = calibration.indices.filter { labels[$0] == calibration[$0].label }
    records = try defences.map { defence in
      let scores = try defence.scores(of: right.map { pictures[$0] }, labelled: right.map { labels[$0] })
      // By the bundle's own rule, over all labels together.
      let calibrated = try Calibration(scores: [scores], alpha: alpha)
      return BaselineRecord(
        name: defence.name, method: defence.method, threshold: calibrated.pooled, calibrationPictures: right.count)
    }
  }

  /// Each as an attacker sees it who knows all of it, with its name.
  func known() throws -> [(name: String, defence: KnownDefence)] {
    try zip(defences, records).map { defence, record in
      (record.name, try defence.known(defending: bundle, threshold: record.threshold))
    }
  }

  /// What each says of pictures that the Student labels so, by their names.
  func scores(_ pictures: [Picture], _ students: [Int]) throws -> [String: [Double]] {
    var scores: [String: [Double]] = [:]
    for defence in defences { scores[defence.name] = try defence.scores(of: pictures, labelled: students) }
    return scores
  }
}
