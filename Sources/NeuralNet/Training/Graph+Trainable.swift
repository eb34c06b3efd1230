extension Graph {
  /// The parameters that training changes unless told otherwise, in the order of their first use: weights and biases of
  /// convolutions and products, scales and shifts of batch normalisations, slopes of PRelu, and what is added right
  /// after a MatMul, which is how exporters write a bias. Not the running statistics, nor other constants.
  public var trainableParameters: [String] {
    let producers = producers()
    var names: [String] = []
    var seen: Set<String> = []
    for node in nodes {
      let candidates: ArraySlice<String> =
        switch node.operation {
        case .convolution, .parametricRelu: node.inputs[1...]
        case .gemm, .matrixMultiplication: node.inputs[...]
        case .batchNormalization: node.inputs[1...2]
        case .binary(.add):
          node.inputs.contains(where: { name in
            guard let producer = producers[name] else { return false }
            return nodes[producer].operation == .matrixMultiplication
          }) ? node.inputs.filter { parameters[$0]?.shape.isEmpty == false }[...] : []
        default: []
        }
      names += candidates.filter { parameters[$0] != nil && seen.insert($0).inserted }
    }
    return names
  }

  /// The parameters that the value of this name needs: what a block that ends there has frozen with it.
  ///
  /// - Throws: ``GraphError`` if there is no such value.
  public func parameters(upTo value: String) throws(GraphError) -> Set<String> {
    Set(try trimmed(to: [value]).parameters.keys)
  }

  /// The parameters that are weights of convolutions and products: the ones that weight decay is meant for, where
  /// biases and normalisations are left out (He et al., "Bag of Tricks", 2019, section 3.1).
  var matrixParameters: Set<String> {
    var names: Set<String> = []
    for node in nodes {
      switch node.operation {
      case .convolution: names.insert(node.inputs[1])
      case .gemm, .matrixMultiplication: names.formUnion(node.inputs.prefix(2))
      default: continue
      }
    }
    return names.filter { (parameters[$0]?.shape.count ?? 0) > 1 }
  }
}
