internal import COneDNN

extension Lowering {
  mutating func lowerGemm(_ fused: FusedNode, _ gemm: Operator.Gemm) throws(OneDNNError) {
    let node = fused.node
    let output = shape(node.outputs[0])
    let bias = node.inputs.count == 3 ? node.inputs[2] : nil
    let plainBias =
      bias == nil || (gemm.beta == 1 && shape(bias!).product == output[1] && shape(bias!).last == output[1])
    if values[node.inputs[1]] == nil, !gemm.transposesA, gemm.alpha == 1, plainBias {
      try lowerInnerProduct(fused, transposed: !gemm.transposesB, bias: bias)
      return
    }
    // The general case, which hardly ever occurs: alpha · a · b, then beta · c.
    let left = try plainMatrix(node.inputs[0], transposed: gemm.transposesA)
    let right = try plainMatrix(node.inputs[1], transposed: gemm.transposesB)
    let layout = try Layout.plain(output)
    let product = builder.temporary(layout)
    let description = try PrimitiveDescription.matmul(builder.layout(left), builder.layout(right), nil, layout)
    try builder.emit(description, [(.source, left), (.weights, right), (.destination, product)])
    if gemm.alpha != 1 { try apply([.linear(gemm.alpha, 0)], to: product) }
    if let bias, gemm.beta != 0 {
      let rows = try plain(bias)
      let aligned = builder.alias(rows, as: try .plain(shape(bias).aligned(to: 2)))
      let scaled = builder.temporary(builder.layout(aligned))
      try builder.reorder(aligned, into: scaled)
      if gemm.beta != 1 { try apply([.linear(gemm.beta, 0)], to: scaled) }
      let sum = try PrimitiveDescription.binary(dnnl_binary_add, layout, builder.layout(scaled), layout)
      try builder.emit(sum, [(.source, product), (.source1, scaled), (.destination, product)])
    }
    if let summand = fused.summand {
      let other = try plain(summand)
      let sum = try PrimitiveDescription.binary(dnnl_binary_add, layout, builder.layout(other), layout)
      try builder.emit(sum, [(.source, product), (.source1, other), (.destination, product)])
    }
    try apply(fused.functions, to: product)
    values[fused.output] = product
  }

  /// `a · bᵀ + bias` with a constant b: the product that oneDNN is fastest at.
  private mutating func lowerInnerProduct(_ fused: FusedNode, transposed: Bool, bias: String?) throws(OneDNNError) {
    let node = fused.node
    let (input, output) = (shape(node.inputs[0]), shape(node.outputs[0]))
    let view = WeightView.rows(output[1], input[1], transposed: transposed)
    let biasLayout = bias == nil ? nil : try Layout.plain([output[1]])
    let functions = fused.functions.map(\.postOperation)
    let description = try PrimitiveDescription.innerProduct(
      kind, try .any(input, precision), try .any(view.shape, precision), biasLayout, try .plain(output, precision),
      (fused.summand == nil ? [] : [.sum]) + functions)
    let source = try operand(node.inputs[0], as: try description.layout(.source))
    let destination = try destination(description, summand: fused.summand)
    var arguments: [(Argument, Value)] = [
      (.source, source), (.destination, destination),
      (.weights, try parameter(node.inputs[1], view, as: try description.layout(.weights))),
    ]
    if let bias, let biasLayout {
      arguments.append((.bias, try parameter(bias, WeightView([output[1]]), as: biasLayout)))
    }
    try builder.emit(description, arguments)
    forward[node.outputs[0]] = (description, nil)
    values[fused.output] = destination
  }

  /// A row-major matrix, perhaps seen as its transpose.
  mutating func plainMatrix(_ name: String, transposed: Bool) throws(OneDNNError) -> Value {
    let value = try plain(name)
    let stored = shape(name)
    guard transposed else { return value }
    return builder.alias(value, as: try .strided([stored[1], stored[0]], [1, stored[1]]))
  }

  mutating func lowerMatrixMultiplication(_ node: Node) throws(OneDNNError) {
    let (a, b) = (shape(node.inputs[0]), shape(node.inputs[1]))
    let output = shape(node.outputs[0])
    // A vector is a matrix of one row or of one column; then all have as many axes as the longest.
    let left = a.count == 1 ? [1] + a : a
    let right = b.count == 1 ? b + [1] : b
    let rank = max(left.count, right.count)
    let (alignedLeft, alignedRight) = (left.aligned(to: rank), right.aligned(to: rank))
    var result = zip(alignedLeft, alignedRight).map { max($0, $1) }
    result[rank - 2] = alignedLeft[rank - 2]
    result[rank - 1] = alignedRight[rank - 1]
    let x = builder.alias(try plain(node.inputs[0]), as: try .plain(alignedLeft))
    let y = builder.alias(try plain(node.inputs[1]), as: try .plain(alignedRight))
    let layout = try Layout.plain(result)
    let destination = builder.temporary(layout)
    let description = try PrimitiveDescription.matmul(builder.layout(x), builder.layout(y), nil, layout)
    try builder.emit(description, [(.source, x), (.weights, y), (.destination, destination)])
    view(destination, as: try .plain(output), named: node.outputs[0])
  }
}

extension WeightView {
  /// A matrix of rows × columns, stored as it is or as its transpose.
  static func rows(_ rows: Int, _ columns: Int, transposed: Bool) -> WeightView {
    WeightView([rows, columns], strides: transposed ? [1, rows] : nil)
  }
}

extension [Int] {
  /// This shape with axes of extent 1 in front, so that it has `rank` axes.
  func aligned(to rank: Int) -> [Int] { [Int](repeating: 1, count: rank - count) + self }
}
