internal import NeuralNet

/// Nodes that need no computed array, evaluated at import.
extension GraphImporter {
  /// Evaluates a node if all it reads is known; says whether it did.
  mutating func fold(_ node: NodeReader) throws(ONNXError) -> Bool {
    switch (node.operatorName, value(node, 0)) {
    case ("Constant", _):
      define(node.outputs[0], .constant(try constantValue(node), name: node.outputs[0]))
      return true
    case ("Shape", .computed(let shapes)?):
      var sizes: [Constant] = []
      for shape in shapes { sizes.append(Constant(try ConstantEvaluator.part(of: shape, node))) }
      define(node.outputs[0], .sizes(sizes))
      return true
    case ("Size", .computed(let shapes)?):
      define(node.outputs[0], .sizes(shapes.map { Constant(shape: [], .integers([$0.product])) }))
      return true
    case ("Identity", .constant(let constant, let name)?):
      define(node.outputs[0], .constant(constant, name: name))
      return true
    default: break
    }
    guard ConstantEvaluator.operators.contains(node.operatorName) else { return false }
    return try evaluate(node)
  }

  private mutating func evaluate(_ node: NodeReader) throws(ONNXError) -> Bool {
    var dependsOnSize = false
    for index in node.inputs.indices {
      switch value(node, index) {
      case .computed: return false
      case .sizes: dependsOnSize = true
      case .constant, nil: break
      }
    }
    var results: [Constant] = []
    for probe in 0..<(dependsOnSize ? probeCount : 1) {
      let arguments: [Constant?] = node.inputs.indices.map { index in
        switch value(node, index) {
        case .constant(let constant, _): constant
        case .sizes(let constants): constants[probe]
        case .computed, nil: nil
        }
      }
      var evaluator = ConstantEvaluator(node: node, arguments: arguments, allowance: allowance)
      results.append(try evaluator.result())
      allowance = evaluator.allowance
    }
    define(node.outputs[0], dependsOnSize ? .sizes(results) : .constant(results[0], name: node.outputs[0]))
    return true
  }

  private func constantValue(_ node: NodeReader) throws(ONNXError) -> Constant {
    if let tensor = try node.tensor("value") { return tensor }
    if let float = try node.float("value_float") { return Constant(shape: [], .floats([float])) }
    if let floats = try node.floats("value_floats") { return Constant(shape: [floats.count], .floats(floats)) }
    if let integer = try node.int("value_int") { return Constant(shape: [], .integers([integer])) }
    if let integers = try node.ints("value_ints") { return Constant(integers) }
    throw .unsupported("a constant that is no tensor and no number")
  }
}
