/// Which nodes of a graph need a backward step, and which of their values that step reads again.
///
/// A value's gradient is wanted if it is asked for, or if the value depends on one whose gradient is asked for. Nodes
/// that read no such value are run forward only, as in inference.
struct Differentiation: Sendable {
  private let wanted: Set<String>
  private let reread: Set<String>
  private let batchNormalizations: Set<String>

  /// - Parameters:
  ///   - sources: the parameters and inputs whose gradients are asked for.
  ///   - normalizesByBatch: whether a batch normalisation uses the batch's statistics.
  init(_ graph: Graph, sources: Set<String>, normalizesByBatch: (Node) -> Bool) {
    var wanted = sources
    var reread: Set<String> = []
    var batchNormalizations: Set<String> = []
    for node in graph.nodes {
      if case .batchNormalization = node.operation, normalizesByBatch(node) {
        batchNormalizations.insert(node.outputs[0])
      }
      guard node.inputs.contains(where: wanted.contains) else { continue }
      wanted.formUnion(node.outputs)
      reread.formUnion(node.readBackwards { wanted.contains($0) })
    }
    self.wanted = wanted
    self.reread = reread
    self.batchNormalizations = batchNormalizations
  }

  /// Whether the gradient of this value is needed.
  func wants(_ name: String) -> Bool { wanted.contains(name) }
  /// Whether a node has a backward step.
  func covers(_ node: Node) -> Bool { node.inputs.contains(where: wanted.contains) }
  /// Whether some backward step reads this value.
  func rereads(_ name: String) -> Bool { reread.contains(name) }
  /// Whether a batch normalisation uses the batch's statistics.
  func normalizesByBatch(_ node: Node) -> Bool { batchNormalizations.contains(node.outputs[0]) }
}

extension Activation {
  /// Whether the derivative is computed from the function's result, so that the argument may be forgotten.
  ///
  /// At a bound, where there is no derivative, that gives 0, as PyTorch's ReLU, ReLU6, Hardtanh and Hardsigmoid do.
  var isDifferentiatedFromResult: Bool {
    switch self {
    case .relu, .clip, .sigmoid, .tanh, .hardSigmoid: true
    // A negative slope makes the result's sign ambiguous.
    case .leakyRelu(let slope): slope >= 0
    case .hardSwish, .swish, .gelu, .erf: false
    }
  }
}

extension Node {
  /// The values that the backward step reads.
  fileprivate func readBackwards(_ wants: (String) -> Bool) -> [String] {
    switch operation {
    case .convolution:
      // The weight's gradient needs the source, the source's needs the weight.
      (inputs.dropFirst().contains(where: wants) ? [inputs[0]] : []) + [inputs[1]]
    case .activation(let activation): [activation.isDifferentiatedFromResult ? outputs[0] : inputs[0]]
    case .binary(.multiply), .gemm, .matrixMultiplication: inputs
    case .binary(.divide): [inputs[1], outputs[0]]
    case .batchNormalization, .parametricRelu, .localResponseNormalization: inputs
    case .softmax, .logSoftmax: outputs
    // Linear, or (maximum) with a workspace of its own.
    case .binary(.add), .binary(.subtract), .concatenation, .split, .slice, .maxPool, .averagePool, .globalPool, .mean,
      .flatten, .reshape, .transpose, .squeeze, .unsqueeze, .dropout, .identity, .pad:
      []
    }
  }
}
