internal import Base
internal import COneDNN

/// What is computed otherwise when training.
extension Lowering {
  /// oneDNN's flags of a batch normalisation that is differentiated.
  static func flags(byBatch: Bool) -> UInt32 {
    let affine = dnnl_use_scale.rawValue | dnnl_use_shift.rawValue
    return byBatch ? affine : affine | dnnl_use_global_stats.rawValue
  }

  mutating func lowerTrainedBatchNormalization(
    _ fused: FusedNode, _ normalization: Operator.BatchNormalization
  ) throws(OneDNNError) {
    guard case .training(let arrays, let differentiation, _) = purpose else { preconditionFailure("not training") }
    let node = fused.node
    let x = try spatial(try operand(node.inputs[0]), shape(node.inputs[0]))
    let layout = builder.layout(x)
    let byBatch = differentiation.normalizesByBatch(node)
    let description = try PrimitiveDescription.batchNormalization(
      kind, layout, epsilon: normalization.epsilon, flags: Self.flags(byBatch: byBatch))
    let destination = builder.temporary(layout)
    let channels = try Layout.plain([shape(node.inputs[0])[1]])
    let statistics =
      if byBatch, let mean = arrays.mean(node.outputs[0]), let variance = arrays.variance(node.outputs[0]) {
        [builder.external(mean, channels), builder.external(variance, channels)]
      } else {
        [try plain(node.inputs[3]), try plain(node.inputs[4])]
      }
    try builder.emit(
      description,
      [
        (.source, x), (.destination, destination), (.scale, try plain(node.inputs[1])),
        (.shift, try plain(node.inputs[2])), (.mean, statistics[0]), (.variance, statistics[1]),
      ])
    forward[node.outputs[0]] = (description, nil)
    self.statistics[node.outputs[0]] = statistics
    try restore(destination, shape(node.outputs[0]), named: fused.output)
  }

  /// Zero with probability `ratio`, the rest scaled by `1 / (1 − ratio)` (Srivastava et al. 2014, as PyTorch scales).
  ///
  /// The numbers are drawn again for the gradient rather than kept.
  mutating func lowerDropout(_ node: Node, ratio: Float) throws(OneDNNError) {
    guard ratio > 0, case .training = purpose else {
      return share(try operand(node.inputs[0]), as: node.outputs[0])
    }
    values[node.outputs[0]] = try dropped(try plain(node.inputs[0]), ratio, node)
  }

  /// A row-major copy with the values dropped that this run drops at `node`.
  mutating func dropped(_ x: Value, _ ratio: Float, _ node: Node) throws(OneDNNError) -> Value {
    guard case .training(let arrays, _, _) = purpose else { preconditionFailure("not training") }
    let layout = builder.layout(x)
    let destination = builder.temporary(layout)
    // Two floats' room for one 64-bit integer.
    let key = builder.external(arrays.dropoutKey, try .plain([2]))
    let count = layout.shape.product
    // Nodes draw from different parts of the sequence, whatever order they are compiled in.
    let place = node.outputs[0].utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    builder.emit([x, key, destination]) { arrays in
      let source = arrays[0].assumingMemoryBound(to: Float.self)
      let generator = CounterGenerator(key: arrays[1].load(as: UInt64.self) ^ place)
      let result = arrays[2].assumingMemoryBound(to: Float.self)
      let scale = ratio < 1 ? 1 / (1 - ratio) : 0
      for index in 0..<count {
        result[index] = generator.uniform(UInt64(index)) < ratio ? 0 : source[index] * scale
      }
    }
    return destination
  }
}
