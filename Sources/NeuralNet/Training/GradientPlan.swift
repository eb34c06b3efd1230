/// A graph compiled to be differentiated: one forward run, then one backward run that carries given gradients of the
/// outputs back to chosen parameters and inputs. Memory is planned over both at once.
///
/// Whatever nothing chosen lies before is compiled as for inference: normalisation folded, activations fused, no
/// backward step. So the gradient of an input with all parameters frozen costs little more than two forward runs.
/// Immutable to its users and safe to share; each thread runs it with a ``GradientWorker`` of its own.
public final class GradientPlan: Sendable {
  /// Which batch normalisations use the statistics of the batch rather than the running ones.
  public enum BatchStatistics: Sendable, Hashable {
    /// None: the running statistics are constants; gradients still flow through, to scale and shift too.
    case never
    /// Those whose scale or shift is among the chosen parameters: a frozen block keeps its statistics.
    case whereTrained
  }

  /// A batch normalisation that uses the batch's statistics, and the running ones that it is to update.
  struct Normalization: Sendable, Equatable {
    let output: String
    let mean: String
    let variance: String
    let channels: Int
    /// In ONNX's sense: the share of the old value.
    let momentum: Float
  }

  /// What each run is given.
  public let inputs: [Graph.Input]
  /// The values that each run computes and takes gradients of, in order.
  public let outputs: [String]
  /// The parameters whose gradients are computed, in the order of their first use.
  public var parameters: [String] { layout.entries.map(\.name) }
  /// The inputs whose gradients are computed.
  public let differentiatedInputs: [String]

  /// A program for one set of input shapes.
  struct Compiled: Sendable {
    let program: Program
    let outputs: [Value]
    let shapes: [String: [Int]]
    /// For each of ``GradientPlan/normalizations``, over how many values each channel's statistics are.
    let populations: [Int]
  }

  let layout: ParameterLayout
  let normalizations: [Normalization]
  let arrays: TrainingArrays
  /// The chosen parameters as the graph has them.
  let initialValues: [String: Tensor]
  private let graph: Graph
  private let differentiation: Differentiation
  private let frozen: WeightStore
  private let parameterShapes: [String: [Int]]
  private let compiled = ProgramCache<Compiled>()

  /// Compiles `graph`; programs for input shapes are added when they are first used, or by ``prepare(_:threads:)``.
  ///
  /// - Parameters:
  ///   - outputs: which values to compute and to differentiate, inner ones too; the graph's own outputs if left out.
  ///   - parameters: the parameters whose gradients are wanted. All others are constants.
  ///   - inputs: the inputs whose gradients are wanted.
  ///   - dropsOut: whether Dropout nodes drop; if not, they pass everything, as in inference.
  /// - Throws: ``GraphError`` if the graph is not sound, or has no such parameter or input.
  public init(
    _ graph: Graph, outputs: [String]? = nil, parameters: Set<String> = [], inputs: Set<String> = [],
    batchStatistics: BatchStatistics = .whereTrained, dropsOut: Bool = false
  ) throws(GraphError) {
    try graph.validate()
    for name in parameters.sorted() where graph.parameters[name] == nil { throw GraphError(.unknownValue(name)) }
    for name in inputs.sorted() where !graph.inputs.contains(where: { $0.name == name }) {
      throw GraphError(.unknownValue(name))
    }
    let trimmed = try graph.trimmed(to: outputs)
    self.inputs = trimmed.inputs
    self.outputs = trimmed.outputs
    differentiatedInputs = trimmed.inputs.map(\.name).filter(inputs.contains)

    func normalizesByBatch(_ node: Node) -> Bool {
      batchStatistics == .whereTrained && node.inputs[1...2].contains(where: parameters.contains)
    }
    var lowered = trimmed.withoutIdentities(keepingDropout: dropsOut).foldingPadding()
    for (index, node) in lowered.nodes.enumerated() {
      if case .dropout = node.operation, !dropsOut { lowered.nodes[index].operation = .identity }
    }
    // A constant that is trained is no longer part of a pattern.
    let merged = lowered.mergingActivations()
    let used = Set(merged.nodes.flatMap(\.inputs))
    if lowered.nodes.flatMap(\.inputs).allSatisfy({ !parameters.contains($0) || used.contains($0) }) {
      lowered = merged
    }
    lowered = lowered.foldingBatchNormalization { node in !node.inputs.contains(where: parameters.contains) }

    var chosen: [String] = []
    for name in graph.nodes.flatMap(\.inputs) where parameters.contains(name) && !chosen.contains(name) {
      chosen.append(name)
    }
    chosen += parameters.subtracting(chosen).sorted()
    layout = ParameterLayout(chosen.map { ($0, graph.parameters[$0]!.shape) })
    initialValues = graph.parameters.filter { parameters.contains($0.key) }
    differentiation = Differentiation(
      lowered, sources: parameters.union(inputs), normalizesByBatch: normalizesByBatch)
    var normalizations: [Normalization] = []
    for node in lowered.nodes {
      guard case .batchNormalization(let normalization) = node.operation, normalizesByBatch(node) else { continue }
      for name in node.inputs[3...] where graph.parameters[name] == nil {
        throw GraphError(.unsupported("running statistics '\(name)' that are computed"), at: node)
      }
      normalizations.append(
        Normalization(
          output: node.outputs[0], mean: node.inputs[3], variance: node.inputs[4],
          channels: graph.parameters[node.inputs[3]]!.count, momentum: normalization.momentum))
    }
    self.normalizations = normalizations
    arrays = TrainingArrays(
      inputs: trimmed.inputs.map(\.name), parameters: chosen, normalizations: normalizations.map(\.output),
      outputs: trimmed.outputs)
    parameterShapes = lowered.parameters.merging(initialValues) { first, _ in first }.mapValues(\.shape)
    frozen = WeightStore(lowered.parameters.filter { !parameters.contains($0.key) })
    lowered.parameters = [:]
    self.graph = lowered
  }

  /// Compiles for these input shapes now instead of at the first run.
  ///
  /// - Parameter threads: the size of the team that will run it.
  /// - Throws: ``GraphError`` if the shapes do not fit or a node cannot be differentiated, ``OneDNNError`` if a
  ///   primitive cannot be had.
  public func prepare(_ shapes: [String: [Int]], threads: Int = 1) throws {
    _ = try program(for: shapes, threads: threads)
  }

  func program(for shapes: [String: [Int]], threads: Int) throws -> Compiled {
    try compiled.entry(for: inputs.map { shapes[$0.name] ?? [] }, threads: threads) { try compile(shapes) }
  }

  private func compile(_ given: [String: [Int]]) throws -> Compiled {
    let shapes = try graph.shapes(of: given, parameters: parameterShapes)
    let populations = try populations(shapes)
    var lowering = Lowering(
      graph, shapes: shapes, precision: .float32, purpose: .training(arrays, differentiation, frozen: frozen))
    for input in inputs {
      lowering.values[input.name] = lowering.builder.external(
        arrays.input(input.name)!, try .plain(given[input.name]!))
    }
    let steps = steps(shapes)
    for step in steps { try lowering.lower(step) }
    var values: [Value] = []
    for output in outputs {
      let value = try lowering.plain(output)
      lowering.builder.keep(value)
      values.append(value)
    }
    lowering.builder.endPhase()
    var gradients = Gradients(lowering, steps, differentiation, arrays)
    try gradients.sweep(outputs: outputs, inputs: differentiatedInputs)
    return Compiled(
      program: gradients.lowering.builder.finish(), outputs: values, shapes: shapes, populations: populations)
  }

  /// Nodes with what can be taken into them: anything where nothing is differentiated, else sums, and activations that
  /// are differentiated from their result.
  private func steps(_ shapes: [String: [Int]]) -> [FusedNode] {
    FusedNode.fused(graph, shapes: shapes, scalar: frozen.scalar) { [differentiation] node, user in
      switch (differentiation.covers(node), differentiation.covers(user)) {
      case (false, false): return true
      case (true, false), (false, true): return false
      case (true, true):
        guard node.operation.isProduct else { return false }
        switch user.operation {
        case .activation(.hardSigmoid): return false  // Two functions.
        case .activation(let activation): return activation.isDifferentiatedFromResult
        case .binary(.add): return user.inputs.allSatisfy { frozen.scalar($0) == nil }
        default: return false
        }
      }
    }
  }

  private func populations(_ shapes: [String: [Int]]) throws(GraphError) -> [Int] {
    var populations: [Int] = []
    for node in graph.nodes where differentiation.normalizesByBatch(node) {
      let shape = shapes[node.inputs[0]]!
      let count = shape.product / shape[1]
      guard count > 1 else {
        throw GraphError(.shape("statistics of the batch need more than one value a channel, not \(shape)"), at: node)
      }
      populations.append(count)
    }
    return populations
  }
}

extension Operator {
  fileprivate var isProduct: Bool {
    switch self {
    case .convolution, .gemm: true
    default: false
    }
  }
}
