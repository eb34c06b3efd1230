internal import NeuralNet

/// Functions of single values; those which opset 17 lacks are put together.
extension GraphExporter {
  mutating func write(_ activation: Activation, _ node: Node) {
    switch activation {
    case .relu, .sigmoid, .hardSwish, .tanh, .erf: write(activation.name, node, node.inputs)
    case .leakyRelu(let slope): write(activation.name, node, node.inputs, [.float("alpha", slope)])
    case .hardSigmoid(let alpha, let beta):
      write(activation.name, node, node.inputs, [.float("alpha", alpha), .float("beta", beta)])
    case .clip(let lower, let upper):
      let low = lower == -.infinity ? "" : scalar(lower, node)
      let high = upper == .infinity ? "" : scalar(upper, node)
      var inputs = node.inputs + [low, high]
      while inputs.last == "" { inputs.removeLast() }
      write(activation.name, node, inputs)
    case .swish:
      let sigmoid = step("Sigmoid", for: node, node.inputs)
      write("Mul", node, [node.inputs[0], sigmoid])
    case .gelu(let tanhApproximation):
      let inner = tanhApproximation ? geluTanh(node) : geluErf(node)
      let onePlus = step("Add", for: node, [inner, scalar(1, node)])
      let product = step("Mul", for: node, [node.inputs[0], onePlus])
      write("Mul", node, [product, scalar(0.5, node)])
    }
  }

  /// `erf(x / √2)`
  private mutating func geluErf(_ node: Node) -> String {
    let scaled = step("Div", for: node, [node.inputs[0], scalar(Float(2).squareRoot(), node)])
    return step("Erf", for: node, [scaled])
  }

  /// `tanh(√(2/π) · (x + 0.044715 · x³))` (Hendrycks and Gimpel, Gaussian Error Linear Units, §2)
  private mutating func geluTanh(_ node: Node) -> String {
    let x = node.inputs[0]
    let square = step("Mul", for: node, [x, x])
    let cube = step("Mul", for: node, [square, x])
    let weighted = step("Mul", for: node, [cube, scalar(0.044715, node)])
    let sum = step("Add", for: node, [x, weighted])
    let scaled = step("Mul", for: node, [sum, scalar((2 / Float.pi).squareRoot(), node)])
    return step("Tanh", for: node, [scaled])
  }

  private mutating func scalar(_ value: Float, _ node: Node) -> String {
    constant(Constant(shape: [], .floats([value])), for: node, "constant")
  }

  private mutating func write(
    _ operatorName: String, _ node: Node, _ inputs: [String], _ attributes: [Attribute] = []
  ) {
    write(operatorName, name: node.name, inputs, node.outputs, attributes)
  }
}
