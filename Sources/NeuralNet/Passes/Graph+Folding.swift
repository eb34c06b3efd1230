internal import Foundation

extension Graph {
  /// The same function with each batch normalisation that follows a convolution or a product of its own, and whose
  /// statistics do not change, multiplied into that one's weights.
  ///
  /// - Parameter frozen: whether a node's parameters are fixed; only where both nodes' are, they are folded.
  func foldingBatchNormalization(where frozen: (Node) -> Bool = { _ in true }) -> Graph {
    var graph = self
    let consumers = consumers()
    let producers = producers()
    var removed: Set<Int> = []
    for (index, node) in nodes.enumerated() {
      guard case .batchNormalization(let normalization) = node.operation, frozen(node),
        let producer = producers[node.inputs[0]], frozen(nodes[producer]),
        consumers[node.inputs[0]]?.count == 1, !outputs.contains(node.inputs[0])
      else { continue }
      let statistics = node.inputs.dropFirst().compactMap { parameters[$0]?.scalars }
      guard statistics.count == 4,
        let folded = graph.folding(normalization, statistics, into: graph.nodes[producer], as: node.outputs[0])
      else { continue }
      graph.nodes[producer] = folded
      removed.insert(index)
    }
    graph.nodes = graph.nodes.indices.filter { !removed.contains($0) }.map { graph.nodes[$0] }
    // Weights that only the folded nodes read are not carried along.
    let used = Set(graph.nodes.flatMap(\.inputs)).union(graph.outputs)
    graph.parameters = graph.parameters.filter { used.contains($0.key) }
    return graph
  }

  /// The node with scaled weights and a shifted bias, under new names since others may share the old ones.
  private mutating func folding(
    _ normalization: Operator.BatchNormalization, _ statistics: [[Float]], into node: Node, as output: String
  ) -> Node? {
    guard node.inputs.count > 1, let weight = parameters[node.inputs[1]] else { return nil }
    let bias = node.inputs.count == 3 ? parameters[node.inputs[2]] : nil
    guard node.inputs.count == 2 || bias != nil else { return nil }
    let channels = statistics[0].count
    // Where shapes do not fit, the nodes stay apart, and shape inference says what is wrong.
    guard channels > 0, statistics.allSatisfy({ $0.count == channels }), weight.shape.first == channels,
      bias == nil || bias!.count == channels
    else { return nil }
    switch node.operation {
    case .convolution: break
    case .gemm(let gemm):
      let simple = gemm.transposesB && !gemm.transposesA && gemm.alpha == 1 && gemm.beta == 1
      guard simple, bias == nil || bias!.shape == [channels] else { return nil }
    default: return nil
    }
    let factors = (0..<channels).map { channel in
      Double(statistics[0][channel]) / sqrt(Double(statistics[3][channel]) + Double(normalization.epsilon))
    }
    var scaled = weight
    let length = weight.count / channels
    scaled.withUnsafeMutableScalars { scalars in
      for index in scalars.indices { scalars[index] = Float(Double(scalars[index]) * factors[index / length]) }
    }
    let shifted = (0..<channels).map { channel in
      let centred = Double(bias?.scalars[channel] ?? 0) - Double(statistics[2][channel])
      return Float(centred * factors[channel] + Double(statistics[1][channel]))
    }
    let names = [output + ".folded.weight", output + ".folded.bias"]
    parameters[names[0]] = scaled
    parameters[names[1]] = Tensor(shape: [channels], scalars: shifted)
    return Node(node.operation, name: node.name, inputs: [node.inputs[0]] + names, outputs: [output])
  }

  /// The same function with each border of zeros that only a convolution reads taken into that convolution.
  func foldingPadding() -> Graph {
    var graph = self
    let consumers = consumers()
    var removed: Set<Int> = []
    for (index, node) in nodes.enumerated() {
      guard case .pad(let padding) = node.operation, padding.value == 0, padding.before.count == 4,
        let users = consumers[node.outputs[0]], users.count == 1, !outputs.contains(node.outputs[0]),
        padding.before[..<2].allSatisfy({ $0 == 0 }), padding.after[..<2].allSatisfy({ $0 == 0 }),
        (padding.before + padding.after).allSatisfy({ (0...Window.largestNumber).contains($0) }),
        case .convolution(var convolution) = graph.nodes[users[0]].operation,
        case .explicit(let top, let left, let bottom, let right) = convolution.padding,
        graph.nodes[users[0]].inputs[0] == node.outputs[0]
      else { continue }
      convolution.padding = .explicit(
        top: top + padding.before[2], left: left + padding.before[3], bottom: bottom + padding.after[2],
        right: right + padding.after[3])
      graph.nodes[users[0]].operation = .convolution(convolution)
      graph.nodes[users[0]].inputs[0] = node.inputs[0]
      removed.insert(index)
    }
    graph.nodes = graph.nodes.indices.filter { !removed.contains($0) }.map { graph.nodes[$0] }
    return graph
  }
}
