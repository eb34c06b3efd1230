internal import COneDNN

extension Lowering {
  mutating func lowerConvolution(_ fused: FusedNode, _ convolution: Operator.Convolution) throws(OneDNNError) {
    let node = fused.node
    let (input, output) = (shape(node.inputs[0]), shape(node.outputs[0]))
    let (geometry, view) = geometry(node, convolution)
    let bias = node.inputs.count == 3 ? try Layout.plain([output[1]]) : nil
    let weights = try Layout.any(view.shape, precision)

    /// With a sum, the destination already holds the other operand, in its layout.
    func describe(_ destination: Layout, _ operations: [PostOperation]) throws(OneDNNError) -> PrimitiveDescription {
      try .convolution(kind, try .any(input, precision), weights, bias, destination, geometry, operations)
    }

    let summand = try fused.summand.map { (name) throws(OneDNNError) in try operand(name) }
    let functions = fused.functions.map(\.postOperation)
    let description =
      if let summand {
        try describe(builder.layout(summand).retyped(precision), [.sum] + functions)
      } else {
        try describe(try .any(output, precision), functions)
      }

    let source = try operand(node.inputs[0], as: try description.layout(.source))
    let destination = try destination(description, summand: fused.summand)
    var arguments: [(Argument, Value)] = [
      (.source, source), (.destination, destination),
      (.weights, try parameter(node.inputs[1], view, as: try description.layout(.weights))),
    ]
    if let bias { arguments.append((.bias, try operand(node.inputs[2], as: bias))) }
    try builder.emit(description, arguments)
    forward[node.outputs[0]] = (description, nil)
    values[fused.output] = destination
  }

  /// How the kernel slides, and its weights with their groups as an axis.
  func geometry(_ node: Node, _ convolution: Operator.Convolution) -> (PrimitiveDescription.Geometry, WeightView) {
    let (input, weight) = (shape(node.inputs[0]), shape(node.inputs[1]))
    let window = Window(
      kernel: Extent(height: weight[2], width: weight[3]), strides: convolution.strides,
      dilations: convolution.dilations, padding: convolution.padding)
    let groups = convolution.groups
    return (
      PrimitiveDescription.Geometry(window, input: Extent(height: input[2], width: input[3])),
      WeightView(groups == 1 ? weight : [groups, weight[0] / groups] + weight.dropFirst())
    )
  }

  /// Where a primitive writes; where it adds to another value, that value's memory or a copy of it.
  mutating func destination(_ description: PrimitiveDescription, summand: String?) throws(OneDNNError) -> Value {
    let layout = try description.layout(.destination)
    guard let summand else { return builder.temporary(layout) }
    let value = try operand(summand)
    if mayOverwrite(summand), builder.layout(value) == layout { return builder.alias(value, as: layout) }
    let copy = builder.temporary(layout)
    try builder.reorder(value, into: copy)
    return copy
  }
}
