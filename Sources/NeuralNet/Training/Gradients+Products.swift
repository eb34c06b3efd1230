internal import COneDNN

extension Gradients {
  mutating func differentiateGemm(_ node: Node, _ gemm: Operator.Gemm, _ gradient: Value) throws(OneDNNError) {
    if let hint = lowering.forward[node.outputs[0]]?.description {
      return try differentiateInnerProduct(node, transposed: !gemm.transposesB, gradient, hint)
    }
    let (a, b) = (node.inputs[0], node.inputs[1])
    let output = shape(node.outputs[0])
    let arrived = try plain(gradient, output)
    if node.inputs.count == 3, gemm.beta != 0, differentiation.wants(node.inputs[2]) {
      let sum = try reduced(arrived, output, to: shape(node.inputs[2]))
      add(try scaled(sum, by: gemm.beta), to: node.inputs[2], isFresh: false)
    }
    let scaled = try scaled(arrived, by: gemm.alpha)
    // y = A · B with A, B perhaps stored transposed: dA = g · Bᵀ, dB = Aᵀ · g, each transposed back where it was.
    if differentiation.wants(a) {
      let right = try lowering.plainMatrix(b, transposed: !gemm.transposesB)
      add(try product(scaled, right, transposed: gemm.transposesA), to: a)
    }
    if differentiation.wants(b) {
      let left = try lowering.plainMatrix(a, transposed: !gemm.transposesA)
      add(try product(left, scaled, transposed: gemm.transposesB), to: b)
    }
  }

  /// The product of two matrices, or its transpose, row-major.
  private mutating func product(_ a: Value, _ b: Value, transposed: Bool) throws(OneDNNError) -> Value {
    let (left, right) = (lowering.builder.layout(a), lowering.builder.layout(b))
    let shape = [left.shape[0], right.shape[1]]
    let result = lowering.builder.temporary(try .plain(shape))
    let description = try PrimitiveDescription.matmul(left, right, nil, lowering.builder.layout(result))
    try lowering.builder.emit(description, [(.source, a), (.weights, b), (.destination, result)])
    guard transposed else { return result }
    let turned = [shape[1], shape[0]]
    return try lowering.copy(
      lowering.builder.alias(result, as: try .strided(turned, [1, shape[1]])), to: try .plain(turned))
  }

  private mutating func differentiateInnerProduct(
    _ node: Node, transposed: Bool, _ gradient: Value, _ hint: PrimitiveDescription
  ) throws(OneDNNError) {
    let (x, weight) = (node.inputs[0], node.inputs[1])
    let bias = node.inputs.count == 3 ? node.inputs[2] : nil
    let (input, output) = (shape(x), shape(node.outputs[0]))
    let view = WeightView.rows(output[1], input[1], transposed: transposed)
    let (source, weights) = (try Layout.any(input, .float32), try Layout.any(view.shape, .float32))
    let destination = try Layout.any(output, .float32)

    if differentiation.wants(weight) || bias.map(differentiation.wants) == true {
      let biasLayout = bias == nil ? nil : try Layout.plain([output[1]])
      let description = try PrimitiveDescription.innerProductBackwardWeights(
        source, weights, biasLayout, destination, hint: hint)
      let result = lowering.builder.temporary(try description.layout(.weightsGradient))
      var arguments: [(Argument, Value)] = [
        (.source, try lowering.operand(x, as: try description.layout(.source))),
        (.destinationGradient, try arrived(gradient, description)), (.weightsGradient, result),
      ]
      if let bias, let biasLayout {
        let sum = lowering.builder.temporary(biasLayout)
        arguments.append((.biasGradient, sum))
        add(lowering.builder.alias(sum, as: try .plain(shape(bias))), to: bias)
      }
      try lowering.builder.emit(description, arguments)
      add(result, view: view, to: weight)
    }
    if differentiation.wants(x) {
      let description = try PrimitiveDescription.innerProductBackwardData(source, weights, destination, hint: hint)
      let result = lowering.builder.temporary(try description.layout(.sourceGradient))
      try lowering.builder.emit(
        description,
        [
          (.weights, try lowering.parameter(weight, view, as: try description.layout(.weights))),
          (.destinationGradient, try arrived(gradient, description)), (.sourceGradient, result),
        ])
      add(result, to: x)
    }
  }

  /// NumPy's matmul: dA = g · Bᵀ and dB = Aᵀ · g over the last two axes, summed over the axes that were broadcast.
  mutating func differentiateMatrixMultiplication(_ node: Node, _ gradient: Value) throws(OneDNNError) {
    let (a, b) = (shape(node.inputs[0]), shape(node.inputs[1]))
    let left = a.count == 1 ? [1] + a : a
    let right = b.count == 1 ? b + [1] : b
    let rank = max(left.count, right.count)
    let (alignedLeft, alignedRight) = (left.aligned(to: rank), right.aligned(to: rank))
    var output = zip(alignedLeft, alignedRight).map { max($0, $1) }
    output[rank - 2] = alignedLeft[rank - 2]
    output[rank - 1] = alignedRight[rank - 1]
    let arrived = lowering.builder.alias(try plain(gradient, shape(node.outputs[0])), as: try .plain(output))

    func transposed(_ shape: [Int]) -> ([Int], [Int]) {
      var (turned, strides) = (shape, shape.rowMajorStrides)
      turned.swapAt(rank - 2, rank - 1)
      strides.swapAt(rank - 2, rank - 1)
      return (turned, strides)
    }
    func multiply(
      _ x: Value, _ y: Value, _ rows: Int, _ columns: Int, to target: [Int], _ name: String,
      _ gradients: inout Gradients
    ) throws(OneDNNError) {
      let shape = output.replacing(rank - 2, with: rows).replacing(rank - 1, with: columns)
      let layout = try Layout.plain(shape)
      let result = gradients.lowering.builder.temporary(layout)
      let builder = gradients.lowering.builder
      let description = try PrimitiveDescription.matmul(builder.layout(x), builder.layout(y), nil, layout)
      try gradients.lowering.builder.emit(description, [(.source, x), (.weights, y), (.destination, result)])
      let sum = try gradients.reduced(result, shape, to: target)
      gradients.add(
        gradients.lowering.builder.alias(sum, as: try .plain(gradients.shape(name))), to: name, isFresh: false)
    }

    if differentiation.wants(node.inputs[0]) {
      let (turned, strides) = transposed(alignedRight)
      let y = lowering.builder.alias(try lowering.plain(node.inputs[1]), as: try .strided(turned, strides))
      try multiply(
        arrived, y, alignedLeft[rank - 2], alignedLeft[rank - 1], to: alignedLeft, node.inputs[0], &self)
    }
    if differentiation.wants(node.inputs[1]) {
      let (turned, strides) = transposed(alignedLeft)
      let x = lowering.builder.alias(try lowering.plain(node.inputs[0]), as: try .strided(turned, strides))
      try multiply(
        x, arrived, alignedRight[rank - 2], alignedRight[rank - 1], to: alignedRight, node.inputs[1], &self)
    }
  }
}
