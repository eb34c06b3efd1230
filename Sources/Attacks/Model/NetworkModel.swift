public import NeuralNet

/// One or several networks of this engine as a ``DifferentiableModel``: a head for each. Immutable and safe to share.
public struct NetworkModel: DifferentiableModel {
  /// How many logits each network has.
  public let heads: [Int]
  /// In pixels.
  public var width: Int { input.width }
  /// In pixels.
  public var height: Int { input.height }
  /// How all networks take pictures.
  public let input: NetworkInput
  private let plans: [GradientPlan]

  /// - Parameters:
  ///   - graphs: one at least; each with the input and one output, logits `[N, classes]`.
  /// - Throws: ``AttackError`` if a network has no such input or other outputs, `GraphError` if one is not sound or does
  ///   not take pictures of this size.
  public init(_ graphs: [Graph], input: NetworkInput) throws {
    try input.validate()
    guard !graphs.isEmpty else { throw AttackError.setting("no network to attack; there must be one at least") }
    let shape = [input.name: [1, 3, input.height, input.width]]
    var (plans, heads): ([GradientPlan], [Int]) = ([], [])
    for graph in graphs {
      guard graph.inputs.map(\.name) == [input.name] else {
        throw AttackError.unknownInput(input.name, inputs: graph.inputs.map(\.name))
      }
      let shapes = try graph.shapes(of: shape)
      guard graph.outputs.count == 1, let logits = shapes[graph.outputs[0]], logits.count == 2, logits[0] == 1 else {
        throw AttackError.setting("the network '\(graph.name)' must have one output, a row of logits")
      }
      let plan = try GradientPlan(graph, inputs: [input.name], batchStatistics: .never)
      try plan.prepare(shape)
      plans.append(plan)
      heads.append(logits[1])
    }
    (self.plans, self.heads, self.input) = (plans, heads, input)
  }

  /// A worker with buffers of its own.
  ///
  /// - Throws: ``OneDNNError`` if oneDNN cannot start or memory is short.
  public func makeWorker() throws -> any DifferentiableWorker {
    NetworkModelWorker(try plans.map { try GradientWorker($0) }, input)
  }
}

private final class NetworkModelWorker: DifferentiableWorker {
  private let workers: [GradientWorker]
  private let input: NetworkInput
  private var count = 0

  init(_ workers: [GradientWorker], _ input: NetworkInput) { (self.workers, self.input) = (workers, input) }

  func logits(of pixels: [Float], count: Int) throws -> [[Float]] {
    self.count = count
    let tensor = input.tensor(of: pixels, count: count)
    return try workers.map { try $0.forward([input.name: tensor])[0].scalars }
  }

  func gradient(_ seeds: [[Float]?]) throws -> [Float] {
    precondition(seeds.count == workers.count, "a seed for each head, or nil")
    let area = input.width * input.height
    var sum = [Float](repeating: 0, count: count * 3 * area)
    for (worker, seed) in zip(workers, seeds) {
      guard let seed else { continue }
      let shape = [count, seed.count / max(1, count)]
      let gradients = try worker.backward([worker.plan.outputs[0]: Tensor(shape: shape, scalars: seed)])
      let values = gradients.inputs[input.name]!.scalars
      for index in sum.indices { sum[index] += values[index] }
    }
    for plane in 0..<(3 * count) {
      let scale = 1 / input.deviation[plane % 3]
      for index in (plane * area)..<((plane + 1) * area) { sum[index] *= scale }
    }
    return sum
  }
}

extension NetworkInput {
  /// Pixels, 0…255, as the network takes them: `[N, 3, height, width]`.
  func tensor(of pixels: [Float], count: Int) -> Tensor {
    let area = width * height
    var tensor = Tensor(shape: [count, 3, height, width], scalars: pixels)
    tensor.withUnsafeMutableScalars { scalars in
      for plane in 0..<(3 * count) {
        let (mean, deviation) = (mean[plane % 3], deviation[plane % 3])
        for index in (plane * area)..<((plane + 1) * area) { scalars[index] = (scalars[index] - mean) / deviation }
      }
    }
    return tensor
  }
}
