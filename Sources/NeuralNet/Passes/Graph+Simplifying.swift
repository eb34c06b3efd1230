extension Graph {
  /// The same function without nodes that do nothing when inferring: identities, borders without width and, unless they
  /// are kept, dropouts.
  func withoutIdentities(keepingDropout: Bool = false) -> Graph {
    var renamed: [String: String] = [:]
    let wanted = Set(outputs)
    var graph = self
    graph.nodes = []
    for var node in nodes {
      node.inputs = node.inputs.map { renamed[$0] ?? $0 }
      let isKept = if case .dropout = node.operation { keepingDropout } else { false }
      if node.operation.isIdentityWhenInferring, !isKept, !wanted.contains(node.outputs[0]) {
        renamed[node.outputs[0]] = node.inputs[0]
      } else {
        graph.nodes.append(node)
      }
    }
    return graph
  }

  /// The same function with the activations that exporters write in several nodes put together:
  /// swish, hard swish and Gelu.
  func mergingActivations() -> Graph {
    var graph = self
    var index = 0
    let outputs = Set(self.outputs)
    while index < graph.nodes.count {
      let match = ActivationPattern(graph, endingAt: index, keeping: outputs).match()
      if let match {
        let node = graph.nodes[index]
        graph.nodes[index] = Node(
          .activation(match.activation), name: node.name, inputs: [match.input], outputs: node.outputs)
        for used in match.nodes.sorted(by: >) { graph.nodes.remove(at: used) }
        index -= match.nodes.count
      }
      index += 1
    }
    return graph
  }
}

extension Operator {
  fileprivate var isIdentityWhenInferring: Bool {
    switch self {
    case .identity, .dropout: true
    case .pad(let padding): (padding.before + padding.after).allSatisfy { $0 == 0 }
    default: false
    }
  }
}
