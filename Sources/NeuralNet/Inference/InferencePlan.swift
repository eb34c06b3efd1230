/// A graph compiled for inference: batch normalisation folded, activations and sums fused into the primitives before
/// them, weights packed once, memory planned once for each input shape; layers whose maps are large are run for a few
/// images at a time.
///
/// Immutable to its users and safe to share; each thread runs it with an ``InferenceWorker`` of its own.
public final class InferencePlan: Sendable {
  /// What each run is given.
  public let inputs: [Graph.Input]
  /// The values that each run computes, in order.
  public let outputs: [String]
  /// How values between the first and the last node are stored.
  public let precision: Precision

  /// A program for one set of input shapes.
  struct Compiled: Sendable {
    let program: Program
    let outputs: [Value]
    let outputShapes: [[Int]]
  }

  private let graph: Graph
  private let weights: WeightStore
  private let tileBytes: Int
  private let compiled = ProgramCache<Compiled>()

  /// Compiles `graph`; programs for input shapes are added when they are first used, or by ``prepare(_:threads:)``.
  ///
  /// - Parameter outputs: which values to compute, inner ones too; the graph's own outputs if left out.
  /// - Throws: ``GraphError`` if the graph is not sound, or the processor cannot compute in that precision.
  public convenience init(
    _ graph: Graph, outputs: [String]? = nil, precision: PrecisionChoice = .float32
  ) throws(GraphError) {
    try self.init(graph, outputs: outputs, precision: precision, tileBytes: BatchTiling.stepBytes)
  }

  /// - Parameter tileBytes: how much a step may read and write before the batch is divided for it.
  init(_ graph: Graph, outputs: [String]?, precision: PrecisionChoice, tileBytes: Int) throws(GraphError) {
    guard precision != .bfloat16 || Processor.computesBFloat16 else {
      throw GraphError(.unsupported("bfloat16 on a processor without AVX-512; float32 and auto work on any"))
    }
    try graph.validate()
    self.tileBytes = tileBytes
    var lowered = try graph.trimmed(to: outputs)
    inputs = lowered.inputs
    self.outputs = lowered.outputs
    self.precision = precision.resolved
    lowered = lowered.withoutIdentities().mergingActivations().foldingPadding().foldingBatchNormalization()
    weights = WeightStore(lowered.parameters)
    lowered.parameters = [:]
    self.graph = lowered
  }

  /// Compiles for these input shapes now instead of at the first run.
  ///
  /// - Parameter threads: the size of the team that will run it.
  /// - Throws: ``GraphError`` if the shapes do not fit, ``OneDNNError`` if a primitive cannot be had.
  public func prepare(_ shapes: [String: [Int]], threads: Int = 1) throws {
    _ = try program(for: shapes, threads: threads)
  }

  func program(for shapes: [String: [Int]], threads: Int) throws -> Compiled {
    try compiled.entry(for: inputs.map { shapes[$0.name] ?? [] }, threads: threads) {
      try compile(shapes, threads: threads)
    }
  }

  private func compile(_ given: [String: [Int]], threads: Int) throws -> Compiled {
    let shapes = try graph.shapes(of: given, parameters: weights.shapes)
    var lowering = Lowering(graph, shapes: shapes, precision: precision, purpose: .inference(weights))
    for (number, input) in inputs.enumerated() {
      lowering.values[input.name] = lowering.builder.external(number, try .plain(given[input.name]!))
    }
    let weights = weights
    var steps = FusedNode.fused(graph, shapes: shapes) { weights.scalar($0) }[...]
    let names = inputs.map(\.name)
    if let tiling = BatchTiling(
      Array(steps), outputs: outputs, shapes: shapes, inputs: names, precision: precision, threads: threads,
      stepBytes: tileBytes)
    {
      try lowering.lower(steps.prefix(tiling.steps), tiling, inputs: names) { (count) throws(GraphError) in
        try graph.shapes(of: given.mapValues { $0.replacing(0, with: count) }, parameters: weights.shapes)
      }
      steps = steps.dropFirst(tiling.steps)
    }
    for step in steps { try lowering.lower(step) }
    var values: [Value] = []
    for output in outputs {
      let value = try lowering.plain(output)
      lowering.builder.keep(value)
      values.append(value)
    }
    return Compiled(
      program: lowering.builder.finish(), outputs: values, outputShapes: outputs.map { shapes[$0]! })
  }
}
