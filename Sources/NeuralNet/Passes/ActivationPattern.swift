/// Looks for an activation that several nodes make up, of which the last one is given.
///
/// Inner nodes must have no other reader, nor be wanted themselves.
struct ActivationPattern {
  struct Match {
    let activation: Activation
    let input: String
    /// The nodes besides the last one, which are no longer needed.
    let nodes: [Int]
  }

  private let graph: Graph
  private let last: Int
  private let wanted: Set<String>
  private let readers: [String: Int]
  private let producers: [String: Int]

  init(_ graph: Graph, endingAt last: Int, keeping wanted: Set<String>) {
    self.graph = graph
    self.last = last
    self.wanted = wanted
    // Only worth counting where a product ends.
    switch graph.nodes[last].operation {
    case .binary(.multiply), .binary(.divide):
      readers = graph.consumers().mapValues(\.count)
      producers = graph.producers()
    default:
      readers = [:]
      producers = [:]
    }
  }

  func match() -> Match? {
    switch graph.nodes[last].operation {
    case .binary(.multiply): gated() ?? scaledHardSwish() ?? gelu()
    case .binary(.divide): scaledHardSwish() ?? gelu()
    default: nil
    }
  }

  /// `x · sigmoid(x)` and `x · hardSigmoid(x)`.
  private func gated() -> Match? {
    let node = graph.nodes[last]
    for (x, gate) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
      guard let producer = inner(gate), graph.nodes[producer].inputs.first == x else { continue }
      switch graph.nodes[producer].operation {
      case .activation(.sigmoid): return Match(activation: .swish, input: x, nodes: [producer])
      case .activation(.hardSigmoid(let alpha, let beta)) where near(alpha, 1 / 6) && near(beta, 0.5):
        return Match(activation: .hardSwish, input: x, nodes: [producer])
      default: continue
      }
    }
    return nil
  }

  /// `x · clip(x + 3, 0, 6) / 6`, the division before or after the product.
  private func scaledHardSwish() -> Match? {
    let node = graph.nodes[last]
    // (x · clip) / 6
    if let (product, factor) = scaled(node), near(factor, 1 / 6), let index = inner(product),
      case .binary(.multiply) = graph.nodes[index].operation, let (x, used) = shiftedClip(graph.nodes[index].inputs)
    {
      return Match(activation: .hardSwish, input: x, nodes: used + [index])
    }
    // x · (clip / 6)
    guard case .binary(.multiply) = node.operation else { return nil }
    for (x, gate) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
      guard let index = inner(gate), let (clipped, factor) = scaled(graph.nodes[index]), near(factor, 1 / 6),
        let (source, used) = shiftedClip([x, clipped]), source == x
      else { continue }
      return Match(activation: .hardSwish, input: x, nodes: used + [index])
    }
    return nil
  }

  /// Of two operands, x and `clip(x + 3, 0, 6)` in either order: x, and the nodes of the other.
  private func shiftedClip(_ operands: [String]) -> (String, [Int])? {
    for (x, gate) in [(operands[0], operands[1]), (operands[1], operands[0])] {
      guard let clip = inner(gate), case .activation(.clip(lower: 0, upper: 6)) = graph.nodes[clip].operation,
        let sum = inner(graph.nodes[clip].inputs[0]), case .binary(.add) = graph.nodes[sum].operation,
        let (source, summand) = constant(graph.nodes[sum]), source == x, summand == 3
      else { continue }
      return (x, [clip, sum])
    }
    return nil
  }

  /// `x · ½ · (1 + erf(x / √2))`, in the orders that exporters write.
  private func gelu() -> Match? {
    var used: [Int] = []
    var factors: [String] = []
    var scale: Float = 1
    var pending = [last]
    // Take the product apart into its factors.
    while let index = pending.popLast() {
      let node = graph.nodes[index]
      if let (rest, factor) = scaled(node) {
        scale *= factor
        if let next = inner(rest), graph.nodes[next].isProduct {
          pending.append(next); used.append(next)
        } else {
          factors.append(rest)
        }
      } else if case .binary(.multiply) = node.operation {
        for input in node.inputs {
          if let next = inner(input), graph.nodes[next].isProduct {
            pending.append(next); used.append(next)
          } else {
            factors.append(input)
          }
        }
      } else {
        return nil
      }
    }
    guard factors.count == 2, near(scale, 0.5) else { return nil }
    for (x, gate) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      guard let sum = inner(gate), case .binary(.add) = graph.nodes[sum].operation,
        let (erfOutput, one) = constant(graph.nodes[sum]), one == 1, let erf = inner(erfOutput),
        case .activation(.erf) = graph.nodes[erf].operation, let argument = inner(graph.nodes[erf].inputs[0]),
        let (source, factor) = scaled(graph.nodes[argument]), source == x, near(factor, 0.70710678)
      else { continue }
      return Match(activation: .gelu(tanhApproximation: false), input: x, nodes: used + [sum, erf, argument])
    }
    return nil
  }

  /// The node that computes a value which nobody else reads.
  private func inner(_ name: String) -> Int? {
    guard readers[name] == 1, !wanted.contains(name) else { return nil }
    return producers[name]
  }

  /// `value · factor` or `value / divisor` with a constant of one value.
  private func scaled(_ node: Node) -> (String, Float)? {
    guard let (name, value) = constant(node) else { return nil }
    switch node.operation {
    case .binary(.multiply): return (name, value)
    case .binary(.divide) where node.inputs[0] == name: return (name, 1 / value)
    default: return nil
    }
  }

  /// The computed operand and the constant one, which must have one value and no more axes than matter.
  private func constant(_ node: Node) -> (String, Float)? {
    guard node.inputs.count == 2 else { return nil }
    for (name, other) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
      if let tensor = graph.parameters[other], tensor.shape.isEmpty || tensor.shape == [1],
        graph.parameters[name] == nil
      {
        return (name, tensor.scalars[0])
      }
    }
    return nil
  }

  private func near(_ a: Float, _ b: Float) -> Bool { abs(a - b) <= 1e-5 * abs(b) }
}

extension Node {
  fileprivate var isProduct: Bool {
    switch operation {
    case .binary(.multiply), .binary(.divide): true
    default: false
    }
  }
}
