internal import Defence
internal import Digests
internal import Foundation

/// Trains bundles by the attacked bundle's recipe, but with other seeds: what an attacker of T2 and T3 does.
struct SurrogateTraining {
  let bundle: ModelBundle
  let attackers: Attackers
  let settings: EvaluationSettings
  let preset: EvaluationPreset
  let threads: Int

  /// The bundle of one surrogate, trained now or by an earlier run.
  ///
  /// - Parameters:
  ///   - number: from 1; each has another seed, and none the attacked bundle's.
  ///   - folder: where bundles are kept, and what interruptions leave.
  ///   - progress: told the share, 0...1, that is done.
  func surrogate(
    _ number: Int, seed: UInt64, in folder: String, progress: @escaping (Double) throws -> Void
  ) throws -> ModelBundle {
    let plan = try plan(number, seed)
    // Another plan or other pictures make another surrogate.
    let pictures = TrainingData.digest(of: attackers.data.training, labels: attackers.data.labels)
    let key = SHA256.hexadecimal(of: [UInt8](try JSONEncoder.sorted.encode(plan)) + Array(pictures.utf8)).prefix(12)
    let model = ModelFolder(path: "\(folder)/\(plan.name)-\(key)")
    if FileManager.default.fileExists(atPath: model.path(of: 1)), !TrainingRun.isUnfinished(1, of: model) {
      return try ModelBundle(contentsOf: model.path(of: 1))
    }
    var run = TrainingRun(plan, network: attackers.teacher, data: attackers.data)
    run.report = { event in
      guard case .step(let step) = event else { return }
      try progress((Double(step.number - 1) + Double(step.step) / Double(step.steps)) / Double(step.count))
    }
    return try run.run(into: model)
  }

  private func plan(_ number: Int, _ seed: UInt64) throws -> TrainingPlan {
    let manifest = bundle.manifest
    let recipes = try attackers.recipes(for: bundle, preset, pictures: settings.surrogatePictures)
    var plan = TrainingPlan(
      name: "surrogate-\(number)", input: manifest.input, student: recipes.student,
      differentiator: recipes.differentiator)
    plan.cut = .named(manifest.student.cut)
    // The bundle's own seed would give its own networks.
    plan.seed = manifest.training.seed &+ seed &* 1000 &+ UInt64(number)
    let pattern = try EnsemblePattern(of: manifest)
    (plan.scopes, plan.count, plan.pruningRatios) = (pattern.scopes, pattern.count, pattern.ratios)
    plan.adversarialRadii = pattern.radii
    if pattern.scopes == .all, let count = settings.surrogateCount { plan.count = min(plan.count, count) }
    plan.asked = min(pattern.asked, plan.count)
    // Few pictures cannot keep a small share.
    let smallest = 2 / Double(max(3, attackers.data.withheld.count))
    (plan.alpha, plan.policy, plan.threads) = (max(bundle.calibration.alpha, smallest), manifest.policy, threads)
    plan.aggregation = bundle.calibration.aggregation
    return plan
  }
}

extension JSONEncoder {
  /// The same bytes for the same value.
  static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return encoder
  }
}
