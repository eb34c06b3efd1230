internal import Base
internal import Foundation
internal import NeuralNet

/// The training of one network, which an interruption at any moment costs a checkpoint's interval at most.
struct FineTuning {
  let graph: Graph
  /// Up to where nothing is trained.
  let cut: String?
  let loader: BatchLoader
  let threads: Int
  /// What keeps features away from the graph's, if anything does.
  var distance: FeatureDistance?
  /// How old a checkpoint gets, in seconds.
  var interval = 20.0

  /// What has come of the last steps.
  struct Report: Sendable {
    let step: Int
    let steps: Int
    let stepsPerEpoch: Int
    let imagesPerStep: Int
    /// Means over about the last epoch.
    let loss: Double
    let accuracy: Double
    let imagesPerSecond: Double
  }

  /// How many batches are prepared at once while another is trained on.
  private static let assemblies = 2

  /// Batch normalisation's running statistics follow within some ten steps, since there may be few (ONNX's sense).
  private static let momentum: Float = 0.9

  /// Trains, from the checkpoint in a file where there is one.
  ///
  /// The same graph, loader and number of threads give the same weights, interrupted or not.
  /// - Parameters:
  ///   - checkpoint: the file's path.
  ///   - report: called after each step; what it throws ends the training.
  /// - Returns: the trained network.
  func run(checkpoint: String, report: (Report) throws -> Void) throws -> Graph {
    var network = graph
    for (index, node) in network.nodes.enumerated() {
      guard case .batchNormalization(var normalization) = node.operation else { continue }
      normalization.momentum = min(normalization.momentum, Self.momentum)
      network.nodes[index].operation = .batchNormalization(normalization)
    }
    let steps = loader.steps
    var settings = loader.recipe.settings(
      steps: steps, seed: loader.seed, threads: threads, frozenUpTo: cut, format: loader.format)
    settings.distance = distance
    let trainer = try Trainer(network, settings: settings)
    if FileManager.default.fileExists(atPath: checkpoint) {
      do {
        try trainer.restore(TrainingCheckpoint(bytes: try FileAccess.read(checkpoint, limit: ModelBundle.largestFile)))
      } catch {
        throw DefenceError.inaccessible(file: checkpoint, "\(error); remove it to train this network anew")
      }
    }
    let loader = loader
    let assemblies = (0..<Self.assemblies).map { _ in ComputeThread() }
    func prepare(_ step: Int) -> ComputeJob<(images: Tensor, outputs: [Int])>? {
      step < steps ? assemblies[step % Self.assemblies].submit { loader.batch(at: step) } : nil
    }
    var waiting = (0..<Self.assemblies).map { prepare(trainer.step + $0) }[...]
    var recent = RecentSteps(window: loader.stepsPerEpoch)
    var saved = Date.now
    while trainer.step < steps {
      guard let (images, outputs) = try waiting.popFirst()??.wait() else { break }
      waiting.append(prepare(trainer.step + Self.assemblies))
      let result = try trainer.step(images: images, labels: outputs)
      recent.add(result)
      if Date.now.timeIntervalSince(saved) >= interval, trainer.step < steps {
        try save(trainer.checkpoint, checkpoint)
        saved = .now
      }
      try report(
        Report(
          step: trainer.step, steps: steps, stepsPerEpoch: loader.stepsPerEpoch, imagesPerStep: loader.batch,
          loss: recent.loss, accuracy: recent.accuracy, imagesPerSecond: recent.imagesPerSecond))
    }
    return trainer.graph
  }

  private func save(_ checkpoint: TrainingCheckpoint, _ path: String) throws(DefenceError) {
    do {
      try FileAccess.replace(path, with: checkpoint.bytes)
    } catch {
      throw .inaccessible(file: path, reason(error))
    }
  }
}

/// Means over the last steps.
private struct RecentSteps {
  let window: Int
  private var steps: [(loss: Double, correct: Int, count: Int, end: Date)] = []
  private let start = Date.now

  init(window: Int) { self.window = window }

  mutating func add(_ result: Trainer.StepResult) {
    steps.append((result.loss, result.correct, result.count, .now))
    if steps.count > window { steps.removeFirst() }
  }

  var loss: Double { steps.map(\.loss).reduce(0, +) / Double(max(1, steps.count)) }
  var accuracy: Double { Double(steps.map(\.correct).reduce(0, +)) / Double(max(1, steps.map(\.count).reduce(0, +))) }
  var imagesPerSecond: Double {
    guard let last = steps.last else { return 0 }
    let first = steps.count > 1 ? steps[0].end : start
    let images = (steps.count > 1 ? steps.dropFirst() : steps[...]).map(\.count).reduce(0, +)
    return Double(images) / max(1e-3, last.end.timeIntervalSince(first))
  }
}
