/// A bundle's `calibration.json`.
struct CalibrationFile: Codable, Equatable {
  /// The share of clean images that may be rejected.
  var alpha: Double
  /// How scores become one before they are compared, as ``Aggregation`` names it.
  var aggregation: String
  /// The threshold of labels that have too few scores for one of their own.
  var pooledThreshold: Double
  /// By label.
  var thresholds: [String: Double]
  /// Quantiles of all clean scores, by share: a summary for readers.
  var quantiles: [String: Double]
  /// The clean scores that the thresholds are made from, by label, ascending.
  var scores: [String: [Double]]

  init(_ calibration: Calibration, labels: [String]) {
    alpha = calibration.alpha
    aggregation = calibration.aggregation.rawValue
    pooledThreshold = calibration.pooled
    thresholds = Dictionary(uniqueKeysWithValues: zip(labels, calibration.thresholds))
    scores = Dictionary(uniqueKeysWithValues: zip(labels, calibration.scores))
    let all = calibration.scores.flatMap { $0 }.sorted()
    let shares = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1]
    quantiles = Dictionary(
      uniqueKeysWithValues: shares.map { ("\($0)", all[Int((Double(all.count - 1) * $0).rounded())]) })
  }

  /// The calibration, its thresholds worked out from the scores.
  ///
  /// - Throws: ``DefenceError/bundle(file:_:)`` if scores are missing or out of range, or the thresholds and quantiles
  ///   written down are not those that the scores give.
  func calibration(labels: [String], file: String) throws(DefenceError) -> Calibration {
    guard let known = Aggregation(rawValue: aggregation) else {
      let names = Aggregation.allCases.map { "'\($0.rawValue)'" }.joined(separator: " and ")
      throw .bundle(file: file, "its aggregation is '\(aggregation)'; this version knows \(names)")
    }
    guard Set(scores.keys) == Set(labels), Set(thresholds.keys) == Set(labels) else {
      throw .bundle(file: file, "its scores and thresholds must be for the manifest's labels")
    }
    guard scores.values.allSatisfy({ $0.allSatisfy((0...1).contains) }) else {
      throw .bundle(file: file, "its scores must be 0 to 1")
    }
    let calibration: Calibration
    do {
      calibration = try Calibration(scores: labels.map { scores[$0] ?? [] }, alpha: alpha, aggregation: known)
    } catch {
      throw .bundle(file: file, error.description)
    }
    for (label, threshold) in zip(labels, calibration.thresholds) where thresholds[label] != threshold {
      throw .bundle(
        file: file,
        "the threshold of '\(label)' is \(thresholds[label] ?? 0), and its scores give \(threshold)")
    }
    let right = CalibrationFile(calibration, labels: labels)
    guard pooledThreshold == right.pooledThreshold else {
      throw .bundle(
        file: file, "its pooledThreshold is \(pooledThreshold), and its scores give \(right.pooledThreshold)")
    }
    guard quantiles == right.quantiles else { throw .bundle(file: file, "its quantiles are not those of its scores") }
    guard scores == right.scores else { throw .bundle(file: file, "its scores must be ascending") }
    return calibration
  }
}
