extension Graph {
  /// What one node costs at given shapes.
  public struct NodeCost: Sendable, Hashable {
    /// The node's name.
    public let node: String
    /// Its operator, in ONNX's words.
    public let operatorName: String
    /// The names of its outputs, and their shapes.
    public let outputs: [String]
    /// The shape of each output.
    public let shapes: [[Int]]
    /// The number of weights that it reads.
    public let parameters: Int
    /// The number of multiplications with an addition, for the whole batch.
    public let multiplyAdds: Int
  }

  /// What each node costs for these input shapes, in order.
  ///
  /// Multiply-adds are counted for convolutions and products, as the literature does; the rest costs none.
  /// - Throws: ``GraphError`` if the shapes do not fit.
  public func costs(of given: [String: [Int]]) throws(GraphError) -> [NodeCost] {
    let shapes = try shapes(of: given)
    return nodes.map { node in
      let output = shapes[node.outputs[0]]!
      let multiplyAdds =
        switch node.operation {
        case .convolution: output.product * shapes[node.inputs[1]]!.dropFirst().reduce(1, *)
        case .gemm(let gemm): output.product * shapes[node.inputs[0]]![gemm.transposesA ? 0 : 1]
        case .matrixMultiplication: output.product * shapes[node.inputs[0]]!.last!
        default: 0
        }
      return NodeCost(
        node: node.name, operatorName: node.operation.name, outputs: node.outputs,
        shapes: node.outputs.map { shapes[$0]! },
        parameters: node.inputs.reduce(0) { $0 + (parameters[$1]?.count ?? 0) }, multiplyAdds: multiplyAdds)
    }
  }

  /// The number of weights, statistics and other constants.
  public var parameterCount: Int { parameters.values.reduce(0) { $0 + $1.count } }
}
