internal import COneDNN

extension Gradients {
  /// Ioffe and Szegedy, "Batch Normalization" (2015), section 3; with frozen statistics only the scale is left of it.
  mutating func differentiateBatchNormalization(
    _ node: Node, _ normalization: Operator.BatchNormalization, _ gradient: Contribution
  ) throws {
    guard let hint = lowering.forward[node.outputs[0]]?.description,
      let statistics = lowering.statistics[node.outputs[0]]
    else { preconditionFailure("no forward step") }
    for name in node.inputs[3...] where differentiation.wants(name) {
      throw GraphError(.unsupported("a gradient with respect to the statistics '\(name)'"), at: node)
    }
    let shape = shape(node.inputs[0])
    let x = try lowering.spatial(try lowering.operand(node.inputs[0]), shape)
    let layout = lowering.builder.layout(x)
    let spatial = try lowering.spatial(gradient.value, shape)
    let arrived = try lowering.builder.reordered(spatial, to: layout)
    let description = try PrimitiveDescription.batchNormalizationBackward(
      layout, layout, epsilon: normalization.epsilon,
      flags: Lowering.flags(byBatch: differentiation.normalizesByBatch(node)), hint: hint)
    // oneDNN allows the source's gradient over the one that arrives.
    let mayOverwrite = gradient.isFresh && lowering.builder.isTemporary(arrived)
    let result = mayOverwrite ? lowering.builder.alias(arrived, as: layout) : lowering.builder.temporary(layout)
    let channels = try Layout.plain([shape[1]])
    let (scale, shift) = (lowering.builder.temporary(channels), lowering.builder.temporary(channels))
    try lowering.builder.emit(
      description,
      [
        (.source, x), (.mean, statistics[0]), (.variance, statistics[1]), (.destinationGradient, arrived),
        (.scale, try lowering.plain(node.inputs[1])), (.shift, try lowering.plain(node.inputs[2])),
        (.sourceGradient, result), (.scaleGradient, scale), (.shiftGradient, shift),
      ])
    add(shape.count == 4 ? result : lowering.builder.alias(result, as: try .plain(shape)), to: node.inputs[0])
    add(scale, to: node.inputs[1])
    add(shift, to: node.inputs[2])
  }

  mutating func differentiateSoftmax(
    _ node: Node, _ axis: Int, _ algorithm: dnnl_alg_kind_t, _ gradient: Value
  ) throws(OneDNNError) {
    guard let hint = lowering.forward[node.outputs[0]]?.description else { preconditionFailure("no forward step") }
    let result = try lowering.operand(node.outputs[0])
    let layout = lowering.builder.layout(result)
    let description = try PrimitiveDescription.softmaxBackward(algorithm, layout, layout, layout, axis: axis, hint: hint)
    let source = lowering.builder.temporary(layout)
    try lowering.builder.emit(
      description,
      [
        (.destination, result), (.sourceGradient, source),
        (.destinationGradient, try lowering.builder.reordered(gradient, to: layout)),
      ])
    add(source, to: node.inputs[0])
  }

  mutating func differentiateLocalResponseNormalization(
    _ node: Node, _ lrn: Operator.LocalResponseNormalization, _ gradient: Value
  ) throws(OneDNNError) {
    guard let (hint, workspace) = lowering.forward[node.outputs[0]] else {
      return try differentiateEvenLocalResponseNormalization(node, lrn, gradient)
    }
    let x = try lowering.operand(node.inputs[0])
    let layout = lowering.builder.layout(x)
    let description = try PrimitiveDescription.localResponseNormalizationBackward(layout, layout, lrn, hint: hint)
    let result = lowering.builder.temporary(layout)
    var arguments: [(Argument, Value)] = [
      (.source, x), (.destinationGradient, try lowering.builder.reordered(gradient, to: layout)),
      (.sourceGradient, result),
    ]
    if let workspace { arguments.append((.workspace, workspace)) }
    try lowering.builder.emit(description, arguments)
    add(result, to: node.inputs[0])
  }

  /// With `s = bias + alpha / size · Σ x²`: `g · s^−beta − 2 · alpha · beta / size · x · Σ g · x · s^(−beta − 1)`, the
  /// sum over the channels whose window holds this one.
  private mutating func differentiateEvenLocalResponseNormalization(
    _ node: Node, _ lrn: Operator.LocalResponseNormalization, _ gradient: Value
  ) throws(OneDNNError) {
    let shape = shape(node.inputs[0])
    let x = try lowering.plain(node.inputs[0])
    let arrived = try plain(gradient, shape)
    let result = lowering.builder.temporary(try .plain(shape))
    let (channels, area) = (shape[1], shape[2] * shape[3])
    let (before, after) = ((lrn.size - 1) / 2, lrn.size / 2)
    lowering.builder.emit([x, arrived, result]) { arrays in
      let source = arrays[0].assumingMemoryBound(to: Float.self)
      let gradient = arrays[1].assumingMemoryBound(to: Float.self)
      let result = arrays[2].assumingMemoryBound(to: Float.self)
      let factor = lrn.alpha / Float(lrn.size)
      var sums = [Float](repeating: 0, count: channels)
      for start in (0..<shape[0]).flatMap({ image in (0..<area).map { image * channels * area + $0 } }) {
        for channel in 0..<channels {
          var sum = lrn.bias
          for other in max(0, channel - before)...min(channels - 1, channel + after) {
            sum += factor * source[start + other * area] * source[start + other * area]
          }
          sums[channel] = sum
        }
        for channel in 0..<channels {
          let place = start + channel * area
          var pulled: Float = 0
          for other in max(0, channel - after)...min(channels - 1, channel + before) {
            let index = start + other * area
            pulled += gradient[index] * source[index] * power(sums[other], -lrn.beta - 1)
          }
          result[place] =
            gradient[place] * power(sums[channel], -lrn.beta) - 2 * factor * lrn.beta * source[place] * pulled
        }
      }
    }
    add(result, to: node.inputs[0])
  }
}
