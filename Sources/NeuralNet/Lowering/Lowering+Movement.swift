internal import COneDNN

/// Operators that compute nothing and only move values.
extension Lowering {
  mutating func lowerReshape(_ node: Node) throws(OneDNNError) {
    let value = try operand(node.inputs[0])
    let precision = builder.layout(value).precision
    let plain = try builder.reordered(value, to: try .plain(shape(node.inputs[0]), precision))
    view(plain, as: try .plain(shape(node.outputs[0]), precision), named: node.outputs[0])
  }

  mutating func lowerTranspose(_ node: Node, _ permutation: [Int]) throws(OneDNNError) {
    let value = try operand(node.inputs[0])
    let precision = builder.layout(value).precision
    let plain = try builder.reordered(value, to: try .plain(shape(node.inputs[0]), precision))
    let strides = shape(node.inputs[0]).rowMajorStrides
    let output = shape(node.outputs[0])
    let turned = builder.alias(plain, as: try .strided(output, permutation.map { strides[$0] }, precision))
    values[node.outputs[0]] = try copy(turned, to: try .plain(output, precision))
  }

  mutating func lowerConcatenation(_ node: Node, axis: Int) throws(OneDNNError) {
    var sources: [Value] = []
    for input in node.inputs { sources.append(try operand(input, at: precision)) }
    // Sources in one order are copied as they are; a mixture falls to oneDNN's slow path, and spoils what follows.
    if shape(node.outputs[0]).count == 4, !builder.areOrderedAlike(sources) {
      for (index, input) in node.inputs.enumerated() {
        sources[index] = try builder.reordered(sources[index], to: try .tagged(shape(input), dnnl_nhwc, precision))
      }
    }
    let description = try PrimitiveDescription.concat(sources.map { builder.layout($0) }, axis: axis)
    let destination = builder.temporary(try description.layout(.destination))
    try builder.emit(
      description,
      sources.enumerated().map { (.multipleSource($0), $1) } + [(.destination, destination)])
    values[node.outputs[0]] = destination
  }

  mutating func lowerSplit(_ node: Node, axis: Int, sizes: [Int]) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let value = try operand(node.inputs[0])
    var start = 0
    for (output, size) in zip(node.outputs, sizes) {
      var offsets = [Int](repeating: 0, count: input.count)
      offsets[axis] = start
      values[output] = try part(value, input.replacing(axis, with: size), at: offsets)
      start += size
    }
  }

  /// A copy of a box of a value, in the value's own layout where that can be cut there, else in row-major order.
  mutating func part(_ value: Value, _ shape: [Int], at offsets: [Int]) throws(OneDNNError) -> Value {
    let layout = builder.layout(value)
    let precision = layout.precision
    if let box = try? layout.part(shape, at: offsets) {
      return try copy(builder.alias(value, as: box), to: try .plain(shape, precision))
    }
    let plain = try builder.reordered(value, to: try .plain(layout.shape, precision))
    let box = try builder.layout(plain).part(shape, at: offsets)
    return try copy(builder.alias(plain, as: box), to: try .plain(shape, precision))
  }

  mutating func copy(_ value: Value, to layout: Layout) throws(OneDNNError) -> Value {
    let result = builder.temporary(layout)
    try builder.reorder(value, into: result)
    return result
  }

  mutating func lowerSlice(_ node: Node, _ ranges: [SliceRange]) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let output = shape(node.outputs[0])
    var offsets = [Int](repeating: 0, count: input.count)
    var steps = [Int](repeating: 1, count: input.count)
    for range in ranges {
      offsets[range.axis] = range.indices(in: input[range.axis]).first { _ in true } ?? 0
      // Of one value the step does not matter, and may be too large to multiply.
      if output[range.axis] > 1 { steps[range.axis] = range.step }
    }
    if steps.allSatisfy({ $0 == 1 }) {
      values[node.outputs[0]] = try part(try operand(node.inputs[0]), output, at: offsets)
      return
    }
    let source = try plain(node.inputs[0])
    let destination = builder.temporary(try .plain(output))
    let strides = input.rowMajorStrides
    let start = zip(offsets, strides).map { $0 * $1 }.reduce(0, +)
    // A step of which only the first place is taken may be too large to multiply.
    let taken = output.indices.map { output[$0] == 1 ? 0 : steps[$0] * strides[$0] }
    builder.emit([source, destination]) { arrays in
      let source = arrays[0].assumingMemoryBound(to: Float.self)
      var result = arrays[1].assumingMemoryBound(to: Float.self)
      output.forEachOffset(taken, from: start) { offset in
        result.pointee = source[offset]
        result += 1
      }
    }
    values[node.outputs[0]] = destination
  }

  mutating func lowerPad(_ node: Node, _ padding: Operator.Padding) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let output = shape(node.outputs[0])
    // A negative width crops: first take what is left of the source.
    let cropBefore = padding.before.map { max(0, -$0) }
    let kept = input.indices.map { input[$0] - cropBefore[$0] - max(0, -padding.after[$0]) }
    var source = try plain(node.inputs[0])
    if kept != input { source = try part(source, kept, at: cropBefore) }
    let destination = builder.temporary(try .plain(output))
    let (count, value) = (output.product, padding.value)
    builder.emit([destination]) { arrays in
      arrays[0].assumingMemoryBound(to: Float.self).update(repeating: value, count: count)
    }
    let box = try builder.layout(destination).part(kept, at: padding.before.map { max(0, $0) })
    try builder.reorder(source, into: builder.alias(destination, as: box))
    values[node.outputs[0]] = destination
  }
}
