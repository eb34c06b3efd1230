internal import COneDNN
internal import Foundation

extension Eltwise {
  /// The same function, whose derivative is computed from its result; itself where oneDNN has no such form.
  var fromResult: Eltwise {
    let algorithm =
      switch algorithm {
      case dnnl_eltwise_relu: dnnl_eltwise_relu_use_dst_for_bwd
      case dnnl_eltwise_clip_v2: dnnl_eltwise_clip_v2_use_dst_for_bwd
      case dnnl_eltwise_logistic: dnnl_eltwise_logistic_use_dst_for_bwd
      case dnnl_eltwise_tanh: dnnl_eltwise_tanh_use_dst_for_bwd
      default: algorithm
      }
    return Eltwise(algorithm: algorithm, alpha: alpha, beta: beta)
  }
}

extension Gradients {
  mutating func differentiateActivation(
    _ node: Node, _ activation: Activation, _ gradient: Contribution
  ) throws(OneDNNError) {
    let (x, output) = (node.inputs[0], node.outputs[0])
    switch activation {
    case .erf: return try differentiateErrorFunction(node, gradient.value)
    case .hardSigmoid(let alpha, _):
      // clip(alpha · x + beta, 0, 1): where the result is strictly inside, alpha.
      let clip = Eltwise(algorithm: dnnl_eltwise_clip_v2_use_dst_for_bwd, alpha: 0, beta: 1)
      let inside = try differentiated(clip, gradient, try lowering.operand(output))
      add(try scaled(inside.value, by: alpha), to: x)
    default:
      guard let function = activation.eltwise?.first else { preconditionFailure("no function") }
      let fromResult = activation.isDifferentiatedFromResult
      let result = try differentiated(
        fromResult ? function.fromResult : function, gradient, try lowering.operand(fromResult ? output : x))
      add(result.value, to: x, isFresh: result.isFresh)
    }
  }

  /// The gradient before a function of each value, written over the one after it where nobody else reads that.
  ///
  /// - Parameter data: the function's result or its argument, whichever it is differentiated from.
  mutating func differentiated(
    _ function: Eltwise, _ gradient: Contribution, _ data: Value
  ) throws(OneDNNError) -> Contribution {
    let layout = lowering.builder.layout(data)
    let hint = try PrimitiveDescription.eltwise(
      dnnl_forward_training, function.algorithm, layout, alpha: function.alpha, beta: function.beta)
    let description = try PrimitiveDescription.eltwiseBackward(function, layout, layout, hint: hint)
    let arrived = try lowering.builder.reordered(gradient.value, to: layout)
    let mayOverwrite = gradient.isFresh && lowering.builder.isTemporary(arrived)
    let result = mayOverwrite ? lowering.builder.alias(arrived, as: layout) : lowering.builder.temporary(layout)
    let usesResult = function.isFromResult
    try lowering.builder.emit(
      description,
      [(usesResult ? .destination : .source, data), (.destinationGradient, arrived), (.sourceGradient, result)])
    return Contribution(value: result)
  }

  /// `2 / √π · exp(−x²)`
  private mutating func differentiateErrorFunction(_ node: Node, _ gradient: Value) throws(OneDNNError) {
    let shape = shape(node.inputs[0])
    let x = try lowering.plain(node.inputs[0])
    let arrived = try plain(gradient, shape)
    let result = lowering.builder.temporary(try .plain(shape))
    let count = shape.product
    lowering.builder.emit([x, arrived, result]) { arrays in
      let source = arrays[0].assumingMemoryBound(to: Float.self)
      let gradient = arrays[1].assumingMemoryBound(to: Float.self)
      let result = arrays[2].assumingMemoryBound(to: Float.self)
      let factor = 2 / Float.pi.squareRoot()
      for index in 0..<count { result[index] = gradient[index] * factor * expf(-source[index] * source[index]) }
    }
    add(result, to: node.inputs[0])
  }

  mutating func differentiateParametricRelu(_ node: Node, _ gradient: Value) throws(OneDNNError) {
    guard let hint = lowering.forward[node.outputs[0]]?.description else { preconditionFailure("no forward step") }
    let x = try lowering.operand(node.inputs[0])
    let layout = lowering.builder.layout(x)
    let slopes = try Layout.plain(shape(node.inputs[1]).aligned(to: shape(node.inputs[0]).count))
    let slope = try lowering.parameter(node.inputs[1], WeightView(slopes.shape), as: slopes)
    let description = try PrimitiveDescription.preluBackward(
      layout, slope: slopes, layout, slopeGradient: slopes, hint: hint)
    let result = lowering.builder.temporary(layout)
    let slopeGradient = lowering.builder.temporary(slopes)
    try lowering.builder.emit(
      description,
      [
        (.source, x), (.weights, slope), (.sourceGradient, result), (.weightsGradient, slopeGradient),
        (.destinationGradient, try lowering.builder.reordered(gradient, to: layout)),
      ])
    add(result, to: node.inputs[0])
    add(lowering.builder.alias(slopeGradient, as: try .plain(shape(node.inputs[1]))), to: node.inputs[1])
  }

  mutating func differentiateBinary(
    _ node: Node, _ binary: Operator.Binary, _ gradient: Contribution
  ) throws(OneDNNError) {
    let (a, b) = (node.inputs[0], node.inputs[1])
    let shape = shape(node.outputs[0])
    let arrived = gradient.value

    switch binary {
    case .add, .subtract:
      let alone = gradient.isFresh && !(differentiation.wants(a) && differentiation.wants(b))
      try pass(shape, arrived, to: a, isFresh: alone && a != b)
      guard differentiation.wants(b) else { return }
      let sign: Float = if case .subtract = binary { -1 } else { 1 }
      try pass(shape, try scaled(arrived, by: sign), to: b, isFresh: sign < 0 || alone)
    case .multiply:
      if differentiation.wants(a) {
        try pass(shape, try combined(dnnl_binary_mul, arrived, b, shape), to: a, isFresh: true)
      }
      if differentiation.wants(b) {
        try pass(shape, try combined(dnnl_binary_mul, arrived, a, shape), to: b, isFresh: true)
      }
    case .divide:
      // With y = a / b: g / b and −g · y / b.
      let quotient = try combined(dnnl_binary_div, arrived, b, shape)
      try pass(shape, quotient, to: a, isFresh: false)
      guard differentiation.wants(b) else { return }
      let product = try combined(dnnl_binary_mul, quotient, node.outputs[0], shape)
      try pass(shape, try scaled(product, by: -1), to: b, isFresh: true)
    }
  }

  /// Adds a gradient of `shape` to that of one operand, summed where the operand was broadcast.
  private mutating func pass(
    _ shape: [Int], _ gradient: Value, to name: String, isFresh: Bool
  ) throws(OneDNNError) {
    guard differentiation.wants(name) else { return }
    let target = self.shape(name)
    add(try reduced(gradient, shape, to: target), to: name, isFresh: isFresh || target.product != shape.product)
  }

  /// A gradient of `shape` multiplied with or divided by a value that broadcasts to it, in the gradient's layout.
  private mutating func combined(
    _ algorithm: dnnl_alg_kind_t, _ gradient: Value, _ name: String, _ shape: [Int]
  ) throws(OneDNNError) -> Value {
    let layout = lowering.builder.layout(gradient)
    let other: Value
    if self.shape(name) == shape {
      other = try lowering.operand(name, as: layout)
    } else {
      other = lowering.builder.alias(
        try lowering.plain(name), as: try .plain(self.shape(name).aligned(to: shape.count)))
    }
    let description = try PrimitiveDescription.binary(algorithm, layout, lowering.builder.layout(other), layout)
    let result = lowering.builder.temporary(layout)
    try lowering.builder.emit(
      description, [(.source, gradient), (.source1, other), (.destination, result)])
    return result
  }

  mutating func differentiateDropout(_ node: Node, ratio: Float, _ gradient: Contribution) throws(OneDNNError) {
    guard ratio > 0 else { return add(gradient.value, to: node.inputs[0], isFresh: gradient.isFresh) }
    let arrived = try plain(gradient.value, shape(node.inputs[0]))
    add(try lowering.dropped(arrived, ratio, node), to: node.inputs[0])
  }
}

extension Eltwise {
  /// Whether ``fromResult`` made it.
  fileprivate var isFromResult: Bool {
    switch algorithm {
    case dnnl_eltwise_relu_use_dst_for_bwd, dnnl_eltwise_clip_v2_use_dst_for_bwd,
      dnnl_eltwise_logistic_use_dst_for_bwd, dnnl_eltwise_tanh_use_dst_for_bwd:
      true
    default: false
    }
  }
}
