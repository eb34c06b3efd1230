internal import COneDNN
internal import Foundation

/// `base` to the power of `exponent`, both finite.
func power(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }

extension Lowering {
  mutating func lowerActivation(_ node: Node, _ activation: Activation) throws(OneDNNError) {
    let x = node.inputs[0]
    guard let functions = activation.eltwise else {
      // The error function is the only one that oneDNN lacks.
      let source = try plain(x)
      let destination = builder.temporary(builder.layout(source))
      let count = shape(x).product
      builder.emit([source, destination]) { arrays in
        let source = arrays[0].assumingMemoryBound(to: Float.self)
        let result = arrays[1].assumingMemoryBound(to: Float.self)
        for index in 0..<count { result[index] = erff(source[index]) }
      }
      values[node.outputs[0]] = destination
      return
    }
    try lower(functions, of: x, named: node.outputs[0])
  }

  /// Functions of each value, over the source where nobody else needs it.
  mutating func lower(_ functions: [Eltwise], of name: String, named output: String) throws(OneDNNError) {
    var source = try operand(name)
    let layout = builder.layout(source)
    let destination = mayOverwrite(name) ? builder.alias(source, as: layout) : builder.temporary(layout)
    for function in functions {
      let description = try PrimitiveDescription.eltwise(
        kind, function.algorithm, layout, alpha: function.alpha, beta: function.beta)
      try builder.emit(description, [(.source, source), (.destination, destination)])
      source = destination
    }
    values[output] = destination
  }

  mutating func lowerParametricRelu(_ node: Node) throws(OneDNNError) {
    let x = try operand(node.inputs[0], at: .float32)
    let layout = builder.layout(x)
    let shape = shape(node.inputs[1]).aligned(to: shape(node.inputs[0]).count)
    let slope = try parameter(node.inputs[1], WeightView(shape), as: try .plain(shape))
    let description = try PrimitiveDescription.prelu(kind, layout, slope: try .plain(shape))
    let destination = builder.temporary(try description.layout(.destination))
    try builder.emit(description, [(.source, x), (.weights, slope), (.destination, destination)])
    forward[node.outputs[0]] = (description, nil)
    values[node.outputs[0]] = destination
  }

  mutating func lowerBinary(_ fused: FusedNode, _ binary: Operator.Binary) throws(OneDNNError) {
    let node = fused.node
    let output = shape(node.outputs[0])
    if let functions = node.eltwise(scalar), let x = node.inputs.first(where: { scalar($0) == nil }), shape(x) == output
    {
      try lower(functions + fused.functions, of: x, named: fused.output)
      return
    }
    let operands = try binaryOperands(node, output)
    let layout = builder.layout(operands[0])
    let algorithm =
      switch binary {
      case .add: dnnl_binary_add
      case .subtract: dnnl_binary_sub
      case .multiply: dnnl_binary_mul
      case .divide: dnnl_binary_div
      }
    let description = try PrimitiveDescription.binary(
      algorithm, layout, builder.layout(operands[1]), layout, fused.functions.map(\.postOperation))
    let destination =
      mayOverwrite(node.inputs[0]) && values[node.inputs[0]] == operands[0] && node.inputs[0] != node.inputs[1]
      ? builder.alias(operands[0], as: layout) : builder.temporary(layout)
    try builder.emit(
      description, [(.source, operands[0]), (.source1, operands[1]), (.destination, destination)])
    values[fused.output] = destination
  }

  /// Both operands with as many axes as the result; the first one has the result's shape, the second one's layout
  /// follows it where their shapes agree.
  private mutating func binaryOperands(_ node: Node, _ output: [Int]) throws(OneDNNError) -> [Value] {
    var names = node.inputs
    var swapped = false
    if shape(names[0]) != output, shape(names[1]) == output {
      names.reverse()
      swapped = true
    }
    let isCommutative =
      switch node.operation {
      case .binary(.add), .binary(.multiply): true
      default: false
      }
    var first: Value
    if shape(names[0]) == output, !swapped || isCommutative {
      first = try operand(names[0], at: precision)
    } else {
      // Neither has the result's shape, or the smaller one stands first where order matters: spread it out.
      names = node.inputs
      first = try spread(names[0], to: output)
    }
    let other = shape(names[1]).aligned(to: output.count)
    let precision = builder.layout(first).precision
    if shape(names[1]) == output {
      return [first, try operand(names[1], as: builder.layout(first))]
    }
    let small = try plain(names[1], precision)
    let aligned = builder.alias(small, as: try .plain(other, precision))
    if output.count == 4, builder.layout(first).counterpart(other) == nil {
      first = try builder.reordered(first, to: try .tagged(output, dnnl_nhwc, precision))
    }
    guard let counterpart = builder.layout(first).counterpart(other) else { return [first, aligned] }
    return [first, try builder.reordered(aligned, to: counterpart)]
  }

  /// A row-major copy in which every value of extent 1 is repeated to fill `shape`.
  mutating func spread(_ name: String, to shape: [Int]) throws(OneDNNError) -> Value {
    let source = try plain(name)
    let aligned = self.shape(name).aligned(to: shape.count)
    let strides = zip(aligned, aligned.rowMajorStrides).map { $0 == 1 ? 0 : $1 }
    let destination = builder.temporary(try .plain(shape))
    builder.emit([source, destination]) { arrays in
      let source = arrays[0].assumingMemoryBound(to: Float.self)
      var result = arrays[1].assumingMemoryBound(to: Float.self)
      shape.forEachOffset(strides) { offset in
        result.pointee = source[offset]
        result += 1
      }
    }
    return destination
  }
}
