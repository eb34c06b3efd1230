internal import Base
internal import Foundation

/// Trains a graph's weights for classification: softmax cross-entropy over its logits, on all the cores it is given.
///
/// Each thread computes the gradients of its part of the batch; they are added in a fixed order, so that the same seed
/// and number of threads give the same weights to the last bit. Batch normalisation sees one part at a time, as in
/// PyTorch's DistributedDataParallel. One thread at a time may call a trainer; the call blocks, so it is not for
/// Swift's cooperative pool.
public final class Trainer {
  /// What one step did.
  public struct StepResult: Sendable, Equatable {
    /// The mean loss of the batch, with the weights before the step, a ``TrainingSettings/distance`` included.
    public let loss: Double
    /// How many images got their label.
    public let correct: Int
    /// How many images there were.
    public let count: Int
    /// The learning rate.
    public let learningRate: Double
    /// The norm of the gradient of all weights together, before it was clipped.
    public let gradientNorm: Double
  }

  /// How it trains.
  public let settings: TrainingSettings
  /// The number of steps taken.
  public internal(set) var step = 0
  /// The names of the parameters that change, in the order of their first use.
  public var trainedParameters: [String] { plan.parameters }

  let original: Graph
  let plan: GradientPlan
  let weights: ParameterBuffer
  let moments: [ParameterBuffer]
  var statistics: RunningStatistics
  private let gradient: ParameterBuffer
  private let shards: [Shard]
  private let parts: [Range<Int>]
  private let decaying: [Bool]

  /// A worker and the thread that it runs on.
  ///
  /// Sendable unchecked: the workers are only used by jobs on the thread, and by the trainer while none runs.
  private final class Shard: @unchecked Sendable {
    let thread: ComputeThread
    let worker: GradientWorker
    /// Computes the features that a ``FeatureDistance`` is measured from.
    let reference: InferenceWorker?

    init(_ plan: GradientPlan, _ weights: ParameterBuffer, reference: InferencePlan?) throws(OneDNNError) {
      thread = ComputeThread()
      worker = try GradientWorker(plan, parameters: weights, threads: 1)
      self.reference = try reference.map { (plan) throws(OneDNNError) in try InferenceWorker(plan) }
    }
  }

  /// Prepares to train a graph with one image input and one output of logits.
  ///
  /// - Parameter logits: the value to train, [N, classes]; the graph's only output if left out.
  /// - Throws: ``TrainingError`` for settings out of range and unknown names, ``GraphError`` for a graph that is not
  ///   sound, ``OneDNNError`` if memory is short.
  public init(_ graph: Graph, logits: String? = nil, settings: TrainingSettings) throws {
    try settings.validate()
    for name in settings.frozen.sorted() where graph.parameters[name] == nil {
      throw TrainingError.unknownParameter(name)
    }
    var network = graph
    if let logits { network.outputs = [logits] }
    guard network.outputs.count == 1 else {
      throw GraphError(.unsupported("training a graph with \(network.outputs.count) outputs; name the logits"))
    }
    guard settings.distance?.value != network.outputs[0] else {
      throw TrainingError.setting("a feature distance at the logits '\(network.outputs[0])'; name a value before them")
    }
    network = try network.trimmed()
    guard network.inputs.count == 1 else {
      throw GraphError(.unsupported("training a graph with \(network.inputs.count) inputs"))
    }
    var frozen = settings.frozen
    if let cut = settings.frozenUpTo { frozen.formUnion(try graph.parameters(upTo: cut)) }
    let trained = Set(network.trainableParameters).subtracting(frozen)
    guard !trained.isEmpty else { throw TrainingError.nothingToTrain }

    self.settings = settings
    original = graph
    plan = try GradientPlan(
      network, outputs: network.outputs + (settings.distance.map { [$0.value] } ?? []), parameters: trained,
      inputs: settings.adversary == nil ? [] : [network.inputs[0].name], dropsOut: true)
    let reference = try settings.distance.map { try InferencePlan(network.trimmed(to: [$0.value])) }
    weights = try ParameterBuffer(plan.layout)
    for entry in plan.layout.entries { weights.set(entry, to: graph.parameters[entry.name]!) }
    gradient = try ParameterBuffer(plan.layout)
    var moments: [ParameterBuffer] = []
    for _ in 0..<settings.optimizer.momentCount { moments.append(try ParameterBuffer(plan.layout)) }
    self.moments = moments
    let names = plan.normalizations.flatMap { [$0.mean, $0.variance] }
    statistics = RunningStatistics(
      Dictionary(names.map { ($0, graph.parameters[$0]!) }, uniquingKeysWith: { first, _ in first }))
    var shards: [Shard] = []
    for _ in 0..<settings.threads { shards.append(try Shard(plan, weights, reference: reference)) }
    self.shards = shards
    parts = plan.layout.parts(settings.threads)
    let matrices = network.matrixParameters
    decaying = plan.layout.entries.map { !settings.decaysMatricesOnly || matrices.contains($0.name) }
  }

  /// The graph with the present weights and running statistics.
  public var graph: Graph {
    var graph = original
    for entry in plan.layout.entries { graph.parameters[entry.name] = weights.tensor(entry) }
    graph.parameters.merge(statistics.values) { $1 }
    return graph
  }

  /// Takes one step on a batch.
  ///
  /// - Parameters:
  ///   - images: [N, …] as the graph's input wants them; any N, the last batch may be smaller.
  ///   - labels: the class of each image.
  /// - Throws: ``TrainingError`` for labels out of range, wrong shapes and a loss that is not finite, and whatever a
  ///   plan for these shapes can throw. The weights are then those before.
  @discardableResult
  public func step(images: Tensor, labels: [Int]) throws -> StepResult {
    try step(images, .labels(labels))
  }

  /// Takes one step on a batch with soft targets (mixtures, another network's answers).
  ///
  /// - Parameter targets: [N, classes], rows that add up to 1.
  /// - Throws: as ``step(images:labels:)``.
  @discardableResult
  public func step(images: Tensor, targets: Tensor) throws -> StepResult {
    try step(images, .distributions(targets))
  }

  private func step(_ images: Tensor, _ targets: CrossEntropy.Targets) throws -> StepResult {
    let count = images.shape.first ?? 0
    guard count > 0 else { throw TrainingError.emptyBatch }
    if let adversary = settings.adversary, images.shape.count < 2 || images.shape[1] != adversary.radius.count {
      throw TrainingError.setting(
        "an adversary with \(adversary.radius.count) radii, and images of the shape \(images.shape); there must be one "
          + "radius for each channel")
    }
    let (loss, correct, active) = try computeGradients(images, targets, count)
    guard loss.isFinite else { throw TrainingError.notFinite(loss: loss, step: step) }
    let norm = try addGradients(active.map(\.shard))
    guard norm.isFinite else { throw TrainingError.gradientNotFinite(step: step) }
    let rate = settings.schedule.rate(at: step)
    // PyTorch's clip_grad_norm_ has this 1e-6 too.
    let scale = settings.largestGradientNorm.map { min(1, $0 / (norm + 1e-6)) } ?? 1
    try updateWeights(
      OptimizerStep(
        optimizer: settings.optimizer, rate: rate, number: step + 1, gradientScale: Float(scale)))
    statistics.update(plan.normalizations, shards: active.map { ($0.rows.count, $0.statistics) })
    step += 1
    return StepResult(loss: loss, correct: correct, count: count, learningRate: rate, gradientNorm: norm)
  }

  // MARK: A step's parts

  private struct Active {
    let shard: Shard
    let rows: Range<Int>
    let statistics: [BatchStatistics]
  }

  /// Runs each shard forward and backward over its rows, at once.
  private func computeGradients(
    _ images: Tensor, _ targets: CrossEntropy.Targets, _ count: Int
  ) throws -> (loss: Double, correct: Int, [Active]) {
    let logits = plan.outputs[0]
    let input = plan.inputs[0].name
    let entropy = CrossEntropy(labelSmoothing: settings.labelSmoothing)
    let length = images.count / count
    // Contiguous rows, the first shards one more where they do not divide evenly; with few rows some stay idle.
    let used = min(shards.count, count)
    let bounds = (0...used).map { count / used * $0 + min($0, count % used) }
    var jobs: [ComputeJob<(Double, Int, [BatchStatistics])>] = []
    for (number, shard) in shards.prefix(used).enumerated() {
      let rows = bounds[number]..<bounds[number + 1]
      let draw = CounterGenerator(settings.seed, UInt64(step), UInt64(number))
      jobs.append(
        shard.thread.submit { [shard, adversary = settings.adversary, distance = settings.distance, step] in
          let worker = shard.worker
          let shape = [rows.count] + images.shape.dropFirst()
          var result = (loss: 0.0, correct: 0)
          var away = 0.0
          func differentiate(_ values: UnsafePointer<Float>) throws -> [BatchStatistics] {
            try worker.forward(shapes: [input: shape], dropoutKey: draw.bits(0)) { _, destination in
              destination.update(from: values, count: rows.count * length)
            }
            let output = worker.shape(of: logits)
            guard output.count == 2, output[0] == rows.count else {
              throw TrainingError.shape(of: "the value '\(logits)'", output, wanted: [rows.count, output.last ?? 1])
            }
            try targets.validate(images: count, classes: output[1])
            let statistics = worker.batchStatistics()
            let reference = try shard.reference?.run(
              Tensor(shape: shape, scalars: [Float](UnsafeBufferPointer(start: values, count: rows.count * length))))
            try worker.backward { name, gradient in
              if name != logits, let distance, let reference {
                away = reference[0].scalars.withUnsafeBufferPointer {
                  distance.evaluate(
                    worker.output(1), reference: $0, rows: rows.count, least: distance.least(at: step), batch: count,
                    gradient: gradient)
                }
                return
              }
              result = entropy.evaluate(
                worker.output(0), classes: output[1], targets: targets, first: rows.lowerBound, batch: count,
                gradient: gradient)
            }
            return statistics
          }
          let statistics = try images.scalars.withUnsafeBufferPointer { scalars in
            let original = scalars.baseAddress! + rows.lowerBound * length
            guard let adversary else { return try differentiate(original) }
            var moved = [Float](UnsafeBufferPointer(start: original, count: rows.count * length))
            return try moved.withUnsafeMutableBufferPointer { moved in
              let (values, changed) = (moved.baseAddress!, adversary.count(of: rows.count))
              let places = CounterGenerator(draw.bits(1))
              adversary.scatter(values, count: changed, length: length, draw: places)
              _ = try differentiate(values)
              adversary.climb(
                values, from: original, gradient: worker.gradient(ofInput: input, shape: shape), count: changed,
                length: length)
              return try differentiate(values)
            }
          }
          return (result.loss + away, result.correct, statistics)
        })
    }
    // All are waited for, even if one fails: they read what the caller owns.
    let results = jobs.map { job in Result { try job.wait() } }
    var (loss, correct) = (0.0, 0)
    var active: [Active] = []
    for (number, result) in results.enumerated() {
      let (part, right, statistics) = try result.get()
      loss += part
      correct += right
      active.append(
        Active(shard: shards[number], rows: bounds[number]..<bounds[number + 1], statistics: statistics))
    }
    return (loss / Double(count), correct, active)
  }

  /// Adds the shards' gradients in their order, and measures the norm of the sum.
  private func addGradients(_ active: [Shard]) throws -> Double {
    let gradients = active.map(\.worker.gradients)
    let sum = gradient
    let squares = try onParts { part in
      let destination = sum.values.baseAddress! + part.lowerBound
      destination.update(from: gradients[0].values.baseAddress! + part.lowerBound, count: part.count)
      for other in gradients.dropFirst() {
        let source = other.values.baseAddress! + part.lowerBound
        for index in 0..<part.count { destination[index] += source[index] }
      }
      return sumOfSquares(destination, count: part.count)
    }
    return squares.reduce(0, +).squareRoot()
  }

  private func updateWeights(_ update: OptimizerStep) throws {
    let (weights, gradient, moments, entries, decaying) = (weights, gradient, moments, plan.layout.entries, decaying)
    _ = try onParts { part in
      for (entry, decays) in zip(entries, decaying) {
        let range = entry.range.clamped(to: part)
        guard !range.isEmpty else { continue }
        update.update(
          weights.values.baseAddress! + range.lowerBound, gradient.values.baseAddress! + range.lowerBound,
          moments.map { $0.values.baseAddress! + range.lowerBound }, count: range.count, decays: decays)
      }
    }
  }

  /// Runs `body` for each part of the weights, on all threads at once.
  private func onParts<Value: Sendable>(_ body: @escaping @Sendable (Range<Int>) -> Value) throws -> [Value] {
    let jobs = zip(shards, parts).map { shard, part in shard.thread.submit { body(part) } }
    return try jobs.map { try $0.wait() }
  }
}

/// In several lanes of double precision, so that it is fast, always the same, and right for millions of values.
private func sumOfSquares(_ values: UnsafePointer<Float>, count: Int) -> Double {
  var lanes = SIMD8<Double>.zero
  // Parts are whole cache lines of 16 values.
  for index in stride(from: 0, to: count, by: 8) {
    let next = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Float>.self)
    let wide = SIMD8<Double>(next)
    lanes += wide * wide
  }
  return lanes.sum()
}
