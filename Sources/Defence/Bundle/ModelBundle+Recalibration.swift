internal import Base
internal import Foundation

extension ModelBundle {
  /// Writes the same networks with other thresholds or another policy as a new version of the model; nothing is trained.
  ///
  /// - Parameters:
  ///   - alpha: the share of clean images that may be rejected; the bundle's own if left out.
  ///   - aggregation: how scores become one; the bundle's own way if left out.
  ///   - scores: new clean scores, by label, as ``Calibration`` wants them; the bundle's own if left out.
  ///   - command: what the new manifest says made it.
  /// - Returns: the new version's folder.
  /// - Throws: ``DefenceError`` if there are too few scores for that α, or none that became one in that way, or the new
  ///   version cannot be written.
  public func recalibrated(
    alpha: Double? = nil, policy: Policy? = nil, aggregation: Aggregation? = nil, scores: [[Double]]? = nil,
    as version: Int, of model: ModelFolder, command: String
  ) throws(DefenceError) -> String {
    if let scores {
      guard scores.count == manifest.labels.count, scores.joined().allSatisfy((0...1).contains) else {
        throw .setting("the scores must be 0 to 1, in a list for each of the \(manifest.labels.count) labels")
      }
    }
    let aggregation = aggregation ?? self.calibration.aggregation
    guard scores != nil || aggregation == self.calibration.aggregation else {
      throw .setting(
        "the aggregation '\(aggregation.rawValue)' goes with new clean scores, of --data: those that the bundle has are by "
          + "'\(self.calibration.aggregation.rawValue)'"
      )
    }
    let calibration = try Calibration(
      scores: scores ?? self.calibration.scores, alpha: alpha ?? self.calibration.alpha, aggregation: aggregation)
    let place = model.path(of: version)
    guard !FileManager.default.fileExists(atPath: place) else { throw .exists(place) }
    let temporary = "\(model.path)/.\(version).calibration.\(getpid())"
    var writer = try BundleWriter(temporary)
    do throws(DefenceError) {
      let files = BundleFiles(path: path, digests: manifest.files)
      for file in manifest.files.keys.sorted() where file != Self.calibrationFile {
        try writer.add(file, try files.bytes(file))
      }
      try writer.add(
        Self.calibrationFile, try JSONFile.bytes(of: CalibrationFile(calibration, labels: manifest.labels)))
      var manifest = manifest
      manifest.version = version
      manifest.policy = policy ?? manifest.policy
      manifest.created = Date.now.formatted(.iso8601)
      manifest.training.command += "; \(command)"
      // What was measured was measured with the old thresholds.
      manifest.measured = []
      try writer.finish(manifest, at: place)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
    return place
  }
}
