internal import COneDNN

extension Gradients {
  mutating func differentiateConvolution(
    _ node: Node, _ convolution: Operator.Convolution, _ gradient: Value
  ) throws(OneDNNError) {
    guard let hint = lowering.forward[node.outputs[0]]?.description else { preconditionFailure("no forward step") }
    let (geometry, view) = lowering.geometry(node, convolution)
    let (x, weight) = (node.inputs[0], node.inputs[1])
    let bias = node.inputs.count == 3 ? node.inputs[2] : nil
    let output = try Layout.any(shape(node.outputs[0]), .float32)
    let input = try Layout.any(shape(x), .float32)
    let weights = try Layout.any(view.shape, .float32)

    if differentiation.wants(weight) || bias.map(differentiation.wants) == true {
      let biasLayout = bias == nil ? nil : try Layout.plain(shape(bias!))
      let description = try PrimitiveDescription.convolutionBackwardWeights(
        input, weights, biasLayout, output, geometry, hint: hint)
      let result = lowering.builder.temporary(try description.layout(.weightsGradient))
      var arguments: [(Argument, Value)] = [
        (.source, try lowering.operand(x, as: try description.layout(.source))),
        (.destinationGradient, try arrived(gradient, description)), (.weightsGradient, result),
      ]
      if let bias, let biasLayout {
        let sum = lowering.builder.temporary(biasLayout)
        arguments.append((.biasGradient, sum))
        add(sum, to: bias)
      }
      try lowering.builder.emit(description, arguments)
      add(result, view: view, to: weight)
    }

    if differentiation.wants(x) {
      let description = try PrimitiveDescription.convolutionBackwardData(
        input, weights, output, geometry, hint: hint)
      let result = lowering.builder.temporary(try description.layout(.sourceGradient))
      let packed = try lowering.parameter(weight, view, as: try description.layout(.weights))
      try lowering.builder.emit(
        description,
        [
          (.weights, packed), (.destinationGradient, try arrived(gradient, description)), (.sourceGradient, result),
        ])
      add(result, to: x)
    }
  }

  /// The gradient of a primitive's result in the layout that its backward step takes.
  mutating func arrived(_ gradient: Value, _ description: PrimitiveDescription) throws(OneDNNError) -> Value {
    try lowering.builder.reordered(gradient, to: try description.layout(.destinationGradient))
  }
}
