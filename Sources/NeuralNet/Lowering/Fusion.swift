/// A node, and what follows it that is done to its result before it is stored.
struct FusedNode {
  let node: Node
  /// The other operand of a sum that is taken into the node.
  var summand: String?
  /// Functions of each value, after the sum.
  var functions: [Eltwise] = []
  /// The name of what comes out.
  var output: String

  init(_ node: Node) {
    self.node = node
    output = node.outputs[0]
  }

  /// Convolutions, products and sums with the sums and activations that follow them, in an order that can be run.
  ///
  /// - Parameters:
  ///   - scalar: the value of a parameter that has only one.
  ///   - absorbing: whether the first node may take in the second one.
  static func fused(
    _ graph: Graph, shapes: [String: [Int]], scalar: (String) -> Float?,
    absorbing: (Node, Node) -> Bool = { _, _ in true }
  ) -> [FusedNode] {
    let consumers = graph.consumers()
    var absorbed: Set<Int> = []
    var groups: [(position: Int, fused: FusedNode)] = []
    for (index, node) in graph.nodes.enumerated() where !absorbed.contains(index) {
      var fused = FusedNode(node)
      var position = index
      while node.operation.takesPostOperations, !graph.outputs.contains(fused.output),
        let users = consumers[fused.output], users.count == 1
      {
        let user = graph.nodes[users[0]]
        // A constant of one value may still have more axes, which the result would have too.
        guard absorbing(node, user), shapes[user.outputs[0]] == shapes[fused.output] else { break }
        if let functions = user.eltwise(scalar) {
          fused.functions += functions
        } else if case .binary(.add) = user.operation, fused.summand == nil, fused.functions.isEmpty,
          node.operation.takesSum, let other = user.inputs.first(where: { $0 != fused.output }),
          shapes[other] == shapes[fused.output], graph.parameters[other] == nil,
          // The later of two candidates takes the sum, or each would wait for the other.
          !graph.laterCandidate(for: other, than: index, consumers)
        {
          fused.summand = other
        } else {
          break
        }
        fused.output = user.outputs[0]
        position = users[0]
        absorbed.insert(position)
      }
      groups.append((position, fused))
    }
    return groups.sorted { $0.position < $1.position }.map(\.fused)
  }
}

extension Operator {
  fileprivate var takesPostOperations: Bool {
    switch self {
    case .convolution, .gemm, .binary, .batchNormalization: true
    default: false
    }
  }

  fileprivate var takesSum: Bool {
    switch self {
    case .convolution, .gemm: true
    default: false
    }
  }
}

extension Node {
  /// The functions of each value that this node is, if it is that alone.
  func eltwise(_ scalar: (String) -> Float?) -> [Eltwise]? {
    switch operation {
    case .activation(let activation): return activation.eltwise
    case .binary(let binary):
      if let value = scalar(inputs[1]) {
        switch binary {
        case .add: return [.linear(1, value)]
        case .subtract: return [.linear(1, -value)]
        case .multiply: return [.linear(value, 0)]
        case .divide: return [.linear(1 / value, 0)]
        }
      }
      if let value = scalar(inputs[0]) {
        switch binary {
        case .add: return [.linear(1, value)]
        case .subtract: return [.linear(-1, value)]
        case .multiply: return [.linear(value, 0)]
        case .divide: return nil
        }
      }
      return nil
    default: return nil
    }
  }
}

extension Graph {
  /// Whether this value comes straight from a node after `index` that could take the sum itself.
  fileprivate func laterCandidate(for value: String, than index: Int, _ consumers: [String: [Int]]) -> Bool {
    guard let producer = nodes.lastIndex(where: { $0.outputs.contains(value) }), producer > index else { return false }
    return nodes[producer].operation.takesSum && consumers[value]?.count == 1 && !outputs.contains(value)
  }
}
