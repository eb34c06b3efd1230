internal import Digests
internal import Foundation
public import NeuralNet

/// Trains whole copies of a Student, none of their channels pruned and no layer frozen: what prior defences are made of that
/// train networks.
///
/// What is trained is kept in a folder, and an interruption costs a checkpoint's interval at most, as with bundles.
public struct CopyTraining {
  /// What keeps a copy's features at the cut away from the Student's.
  public struct Distance: Sendable, Hashable, Codable {
    /// How far at least, as a share of the norm of the Student's features; see ``FeatureDistance``.
    public var least: Double
    /// How much that weighs beside the cross-entropy.
    public var weight: Double
    /// The share of the steps in which the distance grows to its full size.
    public var ramp: Double

    /// From its parts.
    public init(least: Double, weight: Double, ramp: Double) {
      (self.least, self.weight, self.ramp) = (least, weight, ramp)
    }
  }

  /// The bundle whose Student is copied.
  public let bundle: ModelBundle
  /// The pictures; its training pictures are trained on.
  public let data: TrainingData
  /// How many threads compute; another number gives other weights.
  public let threads: Int

  /// Trainings of copies of one bundle's Student.
  public init(of bundle: ModelBundle, data: TrainingData, threads: Int) {
    (self.bundle, self.data, self.threads) = (bundle, data, threads)
  }

  /// What decides a copy's weights.
  private struct Deciding: Encodable {
    let student: String
    let pictures: String
    let recipe: Recipe
    let seed: UInt64
    let distance: Distance?
    let threads: Int
  }

  /// A copy, trained now or by an earlier run.
  ///
  /// - Parameters:
  ///   - name: what its folder's name begins with.
  ///   - folder: where copies are kept, and what interruptions leave.
  ///   - progress: told the share, 0...1, that is done; what it throws ends the training.
  /// - Throws: ``DefenceError`` for what is wrong with recipe, pictures or folder, and what the engine throws.
  public func copy(
    _ name: String, recipe: Recipe, seed: UInt64, distance: Distance? = nil, in folder: String,
    progress: (Double) throws -> Void
  ) throws -> Graph {
    try recipe.validate("the recipe of \(name)")
    try data.validate()
    let labels = bundle.manifest.labels
    guard data.labels == labels else {
      throw DefenceError.data("the pictures have other labels than \(bundle.manifest.name), whose Student is copied")
    }
    let deciding = Deciding(
      student: bundle.manifest.files[bundle.manifest.student.file] ?? bundle.digest,
      pictures: TrainingData.digest(of: data.training, labels: labels), recipe: recipe, seed: seed, distance: distance,
      threads: threads)
    let fingerprint = SHA256.hexadecimal(of: try JSONFile.bytes(of: deciding))
    let work = try WorkFolder("\(folder)/\(name)-\(fingerprint.prefix(12))", fingerprint: fingerprint)
    if let known = try work.network(name) { return known }
    let loader = BatchLoader(
      data.training.map { ($0.picture, $0.label) }, scope: Scope(labels: Array(labels.indices), of: labels.count),
      format: bundle.manifest.input, recipe: recipe, seed: seed)
    var tuning = FineTuning(graph: bundle.student, cut: nil, loader: loader, threads: threads)
    tuning.distance = distance.map {
      FeatureDistance(
        value: bundle.manifest.student.cut, least: $0.least, weight: $0.weight,
        rampSteps: Int($0.ramp * Double(loader.steps)))
    }
    let graph = try tuning.run(checkpoint: work.checkpoint(name)) { try progress(Double($0.step) / Double($0.steps)) }
    return try work.keep(graph, as: name)
  }
}
