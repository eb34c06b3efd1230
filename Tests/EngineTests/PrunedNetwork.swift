import NeuralNet
import TestSupport

/// A network of Tests/Fixtures/architectures without about a third of its channels, drawn by chance.
struct PrunedNetwork {
  let original: Graph
  let pruned: Graph
  /// The original with the removed channels multiplied by zero, in every value that carries them.
  let zeroed: Graph

  init(_ fixture: Fixture, input shape: [Int]) throws {
    original = try fixture.graph()
    let given = Dictionary(uniqueKeysWithValues: original.inputs.map { ($0.name, shape) })
    let coupling = try ChannelCoupling(original, input: given)
    var random = SeededGenerator(seed: 30)
    let removed = coupling.randomGroups(share: 0.3, using: &random)
    pruned = try coupling.removing(groups: removed)
    zeroed = coupling.zeroing(removed, ranks: try original.shapes(of: given).mapValues(\.count))
  }
}

extension ChannelCoupling {
  /// The graph with a mask behind each value that carries one of these groups.
  fileprivate func zeroing(_ removed: Set<Int>, ranks: [String: Int]) -> Graph {
    var masked = graph
    masked.nodes = []
    for var node in graph.nodes {
      var masks: [Node] = []
      for (index, value) in node.outputs.enumerated() {
        guard let axis = axis(of: value), axis.groups.contains(where: removed.contains) else { continue }
        let (unmasked, mask) = ("\(value) before its mask", "mask of \(value)")
        node.outputs[index] = unmasked
        // Broadcasting aligns last axes.
        masked.parameters[mask] = Tensor(
          shape: [axis.groups.count] + Array(repeating: 1, count: ranks[value]! - axis.axis - 1),
          scalars: axis.groups.map { removed.contains($0) ? 0 : 1 })
        masks.append(Node(.binary(.multiply), [unmasked, mask], value))
      }
      masked.nodes += [node] + masks
    }
    return masked
  }
}
