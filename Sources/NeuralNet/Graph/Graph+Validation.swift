extension Graph {
  /// Checks that names are defined once and before their use, that weights are finite, and that each node is well formed.
  ///
  /// Whether extents fit is for ``shapes(of:)`` to say, which knows the size of the input.
  /// - Throws: ``GraphError`` that names the first fault.
  public func validate() throws(GraphError) {
    try validateNames()
    for (name, tensor) in parameters.sorted(by: { $0.key < $1.key }) {
      if let index = tensor.scalars.firstIndex(where: { !$0.isFinite }) {
        throw GraphError(.notFinite(parameter: name, index: index))
      }
    }
  }

  /// ``validate()`` without a look at every weight.
  func validateNames() throws(GraphError) {
    var defined: Set<String> = []
    func define(_ name: String, at node: Node? = nil) throws(GraphError) {
      guard defined.insert(name).inserted else { throw GraphError(.duplicateValue(name), at: node) }
    }
    for input in inputs { try define(input.name) }
    for name in parameters.keys.sorted() { try define(name) }
    for node in nodes {
      for input in node.inputs where !defined.contains(input) {
        if nodes.contains(where: { $0.outputs.contains(input) }) {
          throw GraphError(.malformed("uses '\(input)' before it is computed"), at: node)
        }
        throw GraphError(.unknownValue(input), at: node)
      }
      try node.validateArity()
      try node.validateSettings()
      for output in node.outputs { try define(output, at: node) }
    }
    for output in outputs where !defined.contains(output) { throw GraphError(.unknownValue(output)) }
  }

  /// The same graph with its nodes in an order in which every value is computed before its use; stable otherwise.
  ///
  /// - Throws: ``GraphError`` for a cycle, or for a value that nothing computes.
  public func sorted() throws(GraphError) -> Graph {
    let producers = producers()
    let given = Set(inputs.map(\.name)).union(parameters.keys)
    var waiting = [Int](repeating: 0, count: nodes.count)
    var dependents = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs {
        if let producer = producers[input] {
          waiting[index] += 1
          dependents[producer].append(index)
        } else if !given.contains(input) {
          throw GraphError(.unknownValue(input), at: node)
        }
      }
    }
    // A first-in, first-out queue keeps the file's order wherever that order is sound.
    var ready = waiting.indices.filter { waiting[$0] == 0 }
    var next = 0
    while next < ready.count {
      for dependent in dependents[ready[next]] {
        waiting[dependent] -= 1
        if waiting[dependent] == 0 { ready.append(dependent) }
      }
      next += 1
    }
    guard ready.count == nodes.count else {
      let stuck = waiting.indices.filter { waiting[$0] > 0 }.flatMap { nodes[$0].outputs }
      throw GraphError(.cycle(Array(stuck.prefix(4))))
    }
    var graph = self
    if (try? validateOrder()) == nil { graph.nodes = ready.map { nodes[$0] } }
    return graph
  }

  private func validateOrder() throws(GraphError) {
    var defined = Set(inputs.map(\.name)).union(parameters.keys)
    for node in nodes {
      for input in node.inputs where !defined.contains(input) { throw GraphError(.unknownValue(input), at: node) }
      defined.formUnion(node.outputs)
    }
  }
}

extension Node {
  /// Checks the numbers of inputs and outputs and the settings that need no shapes.
  func validateArity() throws(GraphError) {
    let allowed: ClosedRange<Int> =
      switch operation {
      case .convolution: 2...3
      case .batchNormalization: 5...5
      case .parametricRelu, .binary, .matrixMultiplication: 2...2
      case .concatenation: 1...Int.max
      case .gemm: 2...3
      case .activation, .softmax, .logSoftmax, .split, .slice, .maxPool, .averagePool, .globalPool, .mean, .flatten,
        .reshape, .transpose, .squeeze, .unsqueeze, .dropout, .identity, .pad, .localResponseNormalization:
        1...1
      }
    guard allowed.contains(inputs.count) else {
      let (low, high) = (allowed.lowerBound, allowed.upperBound)
      let wanted = low == high ? "\(low)" : high == Int.max ? "\(low) or more" : "\(low) to \(high)"
      throw GraphError(.malformed("has \(inputs.count) inputs, not \(wanted)"), at: self)
    }
    let wantedOutputs = if case .split(_, let sizes) = operation { sizes.count } else { 1 }
    guard outputs.count == wantedOutputs, !outputs.isEmpty else {
      throw GraphError(.malformed("has \(outputs.count) outputs, not \(wantedOutputs)"), at: self)
    }
  }

  /// Checks that the operator's factors and bounds are numbers that it can work with.
  func validateSettings() throws(GraphError) {
    let faults: [(isFault: Bool, text: String)] =
      switch operation {
      case .activation(.leakyRelu(let slope)): [(!slope.isFinite, "slope \(slope) is not finite")]
      case .activation(.clip(let lower, let upper)): [(lower.isNaN || upper.isNaN, "a bound is not a number")]
      case .activation(.hardSigmoid(let alpha, let beta)):
        [(!alpha.isFinite || !beta.isFinite, "alpha \(alpha) or beta \(beta) is not finite")]
      case .batchNormalization(let settings):
        [
          (!settings.epsilon.isFinite || settings.epsilon < 0, "epsilon \(settings.epsilon) is negative or not finite"),
          (!settings.momentum.isFinite, "momentum \(settings.momentum) is not finite"),
        ]
      case .gemm(let gemm):
        [(!gemm.alpha.isFinite || !gemm.beta.isFinite, "alpha \(gemm.alpha) or beta \(gemm.beta) is not finite")]
      case .dropout(let ratio): [(!(0..<1).contains(ratio), "ratio \(ratio) is not at least 0 and below 1")]
      case .pad(let padding): [(padding.value.isNaN, "the border's value is not a number")]
      case .localResponseNormalization(let settings):
        [(![settings.alpha, settings.beta, settings.bias].allSatisfy(\.isFinite), "a factor is not finite")]
      case .activation, .convolution, .parametricRelu, .binary, .softmax, .logSoftmax, .concatenation, .split, .slice,
        .maxPool, .averagePool, .globalPool, .mean, .flatten, .reshape, .transpose, .squeeze, .unsqueeze,
        .matrixMultiplication, .identity:
        []
      }
    if let fault = faults.first(where: \.isFault) { throw GraphError(.malformed(fault.text), at: self) }
  }
}
