internal import COneDNN

extension Lowering {
  mutating func lowerBatchNormalization(
    _ fused: FusedNode, _ normalization: Operator.BatchNormalization
  ) throws(OneDNNError) {
    if isDifferentiated { return try lowerTrainedBatchNormalization(fused, normalization) }
    let node = fused.node
    let x = try spatial(try operand(node.inputs[0]), shape(node.inputs[0]))
    let flags = dnnl_use_global_stats.rawValue | dnnl_use_scale.rawValue | dnnl_use_shift.rawValue
    let layout = builder.layout(x)
    let description = try PrimitiveDescription.batchNormalization(
      dnnl_forward_inference, layout, epsilon: normalization.epsilon, flags: flags)
    let destination = builder.temporary(layout)
    try builder.emit(
      description,
      [
        (.source, x), (.destination, destination), (.scale, try plain(node.inputs[1])),
        (.shift, try plain(node.inputs[2])), (.mean, try plain(node.inputs[3])),
        (.variance, try plain(node.inputs[4])),
      ])
    try apply(fused.functions, to: destination)
    try restore(destination, shape(node.outputs[0]), named: fused.output)
  }

  /// The value as [N,C,H,W], which is what normalisations are compiled for.
  mutating func spatial(_ value: Value, _ shape: [Int]) throws(OneDNNError) -> Value {
    guard shape.count != 4 else { return value }
    let plain = try builder.reordered(value, to: try .plain(shape))
    return builder.alias(plain, as: try .plain([shape[0], shape[1], shape.dropFirst(2).reduce(1, *), 1]))
  }

  /// Names a result of ``spatial(_:_:)``'s shape, in its own shape.
  mutating func restore(_ value: Value, _ shape: [Int], named name: String) throws(OneDNNError) {
    if shape.count == 4 {
      values[name] = value
    } else {
      view(value, as: try .plain(shape), named: name)
    }
  }

  mutating func lowerLocalResponseNormalization(
    _ node: Node, _ normalization: Operator.LocalResponseNormalization
  ) throws(OneDNNError) {
    let x = try operand(node.inputs[0], at: .float32)
    let layout = builder.layout(x)
    let destination = builder.temporary(layout)
    guard normalization.size % 2 == 1 else {
      try lowerEvenLocalResponseNormalization(node, normalization)
      return
    }
    let description = try PrimitiveDescription.localResponseNormalization(kind, layout, normalization)
    var arguments: [(Argument, Value)] = [(.source, x), (.destination, destination)]
    var workspace: Value?
    if isDifferentiated {
      workspace = builder.temporary(try description.layout(.workspace))
      arguments.append((.workspace, workspace!))
    }
    try builder.emit(description, arguments)
    forward[node.outputs[0]] = (description, workspace)
    values[node.outputs[0]] = destination
  }

  /// oneDNN centres its window; ONNX's even window reaches one channel further up than down.
  private mutating func lowerEvenLocalResponseNormalization(
    _ node: Node, _ lrn: Operator.LocalResponseNormalization
  ) throws(OneDNNError) {
    let x = try plain(node.inputs[0])
    let shape = shape(node.inputs[0])
    let destination = builder.temporary(try .plain(shape))
    let (channels, area) = (shape[1], shape[2] * shape[3])
    builder.emit([x, destination]) { arrays in
      let source = arrays[0].assumingMemoryBound(to: Float.self)
      let result = arrays[1].assumingMemoryBound(to: Float.self)
      for index in 0..<shape.product {
        let channel = index / area % channels
        let low = max(0, channel - (lrn.size - 1) / 2)
        let high = min(channels - 1, channel + lrn.size / 2)
        var sum: Float = 0
        for other in low...high {
          let value = source[index + (other - channel) * area]
          sum += value * value
        }
        result[index] = source[index] / power(lrn.bias + lrn.alpha / Float(lrn.size) * sum, lrn.beta)
      }
    }
    values[node.outputs[0]] = destination
  }

  mutating func lowerSoftmax(_ node: Node, axis: Int, _ algorithm: dnnl_alg_kind_t) throws(OneDNNError) {
    let x = try plain(node.inputs[0])
    let layout = builder.layout(x)
    let destination = builder.temporary(layout)
    let description = try PrimitiveDescription.softmax(kind, algorithm, layout, layout, axis: axis)
    try builder.emit(description, [(.source, x), (.destination, destination)])
    forward[node.outputs[0]] = (description, nil)
    values[node.outputs[0]] = destination
  }
}
