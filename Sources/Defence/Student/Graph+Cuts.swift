internal import NeuralNet

extension Graph {
  /// The values that everything passes through on its way from the input to the outputs, in the graph's order, each with
  /// the number of layers (convolutions and products) that lie before it.
  ///
  /// These are the places where a network can be cut in two: an attacker who has the value right has all behind it right.
  var passages: [(value: String, layers: Int)] {
    var lastUse: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for name in node.inputs where parameters[name] == nil { lastUse[name] = index }
    }
    for name in outputs { lastUse[name] = nodes.count }
    var alive = Set(inputs.map(\.name))
    var layers = 0
    var result: [(value: String, layers: Int)] = []
    for (index, node) in nodes.enumerated() {
      switch node.operation {
      case .convolution, .gemm, .matrixMultiplication: layers += 1
      default: break
      }
      alive.formUnion(node.outputs.filter { lastUse[$0, default: -1] > index })
      for name in node.inputs where lastUse[name] == index { alive.remove(name) }
      if alive.count == 1, let value = alive.first, node.outputs.contains(value) { result.append((value, layers)) }
    }
    return result
  }
}
