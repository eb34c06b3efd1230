internal import COneDNN

extension Gradients {
  mutating func differentiatePooling(
    _ node: Node, _ pooling: Operator.Pooling, _ algorithm: dnnl_alg_kind_t, _ gradient: Value
  ) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let geometry = PrimitiveDescription.Geometry(Window(pooling), input: Extent(height: input[2], width: input[3]))
    try differentiatePooling(node, geometry, algorithm, gradient)
  }

  private mutating func differentiatePooling(
    _ node: Node, _ geometry: PrimitiveDescription.Geometry, _ algorithm: dnnl_alg_kind_t, _ gradient: Value
  ) throws(OneDNNError) {
    guard let (hint, workspace) = lowering.forward[node.outputs[0]] else { preconditionFailure("no forward step") }
    let description = try PrimitiveDescription.poolingBackward(
      algorithm, try hint.layout(.source), try hint.layout(.destination), geometry, hint: hint)
    let result = lowering.builder.temporary(try description.layout(.sourceGradient))
    var arguments: [(Argument, Value)] = [
      (.destinationGradient, try arrived(gradient, description)), (.sourceGradient, result),
    ]
    if let workspace { arguments.append((.workspace, workspace)) }
    try lowering.builder.emit(description, arguments)
    add(result, to: node.inputs[0])
  }

  mutating func differentiateAveragePool(
    _ node: Node, _ pooling: Operator.Pooling, includesPadding: Bool, _ gradient: Value
  ) throws(OneDNNError) {
    guard lowering.forward[node.outputs[0]] == nil else {
      return try differentiatePooling(
        node, pooling, includesPadding ? dnnl_pooling_avg_include_padding : dnnl_pooling_avg_exclude_padding, gradient)
    }
    let (input, output) = (shape(node.inputs[0]), shape(node.outputs[0]))
    let arrived = try plain(gradient, output)
    let result = try zeros(input)
    let average = WindowAverage(Window(pooling), input: input, output: output)
    lowering.builder.emit([arrived, result]) { arrays in
      average.spread(arrays[0].assumingMemoryBound(to: Float.self), arrays[1].assumingMemoryBound(to: Float.self))
    }
    add(result, to: node.inputs[0])
  }

  mutating func differentiateGlobalPool(
    _ node: Node, _ pooling: Operator.GlobalPooling, _ gradient: Value
  ) throws(OneDNNError) {
    try differentiateWholeMap(
      node, pooling == .average ? dnnl_pooling_avg_exclude_padding : dnnl_pooling_max, gradient)
  }

  private mutating func differentiateWholeMap(
    _ node: Node, _ algorithm: dnnl_alg_kind_t, _ gradient: Value
  ) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let size = Extent(height: input[2], width: input[3])
    let window = Window(kernel: size, strides: Extent(1), dilations: Extent(1), padding: .none)
    try differentiatePooling(node, PrimitiveDescription.Geometry(window, input: size), algorithm, gradient)
  }

  mutating func differentiateMean(_ node: Node, axes: [Int], _ gradient: Value) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let reduced = input.indices.map { axes.contains($0) ? 1 : input[$0] }
    let arrived = lowering.builder.alias(try plain(gradient, shape(node.outputs[0])), as: try .plain(reduced))
    if lowering.forward[node.outputs[0]] != nil {
      try differentiateWholeMap(node, dnnl_pooling_avg_exclude_padding, arrived)
    } else {
      let share = Float(reduced.product) / Float(input.product)
      add(try repeated(arrived, reduced, to: input, factor: share), to: node.inputs[0])
    }
  }
}
