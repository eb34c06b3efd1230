internal import COneDNN

/// The gradients of operators that only move values: each value's gradient goes back where the value came from.
extension Gradients {
  mutating func differentiateReshape(_ node: Node, _ gradient: Value) throws(OneDNNError) {
    let arrived = try plain(gradient, shape(node.outputs[0]))
    // A view of memory that others may read.
    add(lowering.builder.alias(arrived, as: try .plain(shape(node.inputs[0]))), to: node.inputs[0], isFresh: false)
  }

  mutating func differentiateTranspose(_ node: Node, _ permutation: [Int], _ gradient: Value) throws(OneDNNError) {
    let (input, output) = (shape(node.inputs[0]), shape(node.outputs[0]))
    let arrived = try plain(gradient, output)
    var strides = output.rowMajorStrides
    for (axis, stride) in output.rowMajorStrides.enumerated() { strides[permutation[axis]] = stride }
    let turned = lowering.builder.alias(arrived, as: try .strided(input, strides))
    add(try lowering.copy(turned, to: try .plain(input)), to: node.inputs[0])
  }

  mutating func differentiateConcatenation(_ node: Node, axis: Int, _ gradient: Value) throws(OneDNNError) {
    var start = 0
    for input in node.inputs {
      let shape = shape(input)
      var offsets = [Int](repeating: 0, count: shape.count)
      offsets[axis] = start
      start += shape[axis]
      guard differentiation.wants(input) else { continue }
      // In the layout that the input's own backward step will ask for.
      let layout = lowering.values[input].map { lowering.builder.layout($0) }
      add(try cut(gradient, shape, at: offsets, as: layout), to: input)
    }
  }

  /// A copy of a box of a gradient.
  private mutating func cut(
    _ gradient: Value, _ shape: [Int], at offsets: [Int], as layout: Layout? = nil
  ) throws(OneDNNError) -> Value {
    let whole = lowering.builder.layout(gradient)
    let destination = if let layout { layout } else { try Layout.plain(shape) }
    if let box = try? whole.part(shape, at: offsets) {
      return try lowering.copy(lowering.builder.alias(gradient, as: box), to: destination)
    }
    let arrived = try plain(gradient, whole.shape)
    let box = try lowering.builder.layout(arrived).part(shape, at: offsets)
    return try lowering.copy(lowering.builder.alias(arrived, as: box), to: destination)
  }

  mutating func differentiateSplit(_ node: Node, axis: Int) throws(OneDNNError) {
    var parts: [Value] = []
    var hasArrived = false
    for output in node.outputs {
      if let gradient = try total(output) {
        hasArrived = true
        parts.append(try plain(gradient.value, shape(output)))
      } else {
        parts.append(try zeros(shape(output)))
      }
    }
    guard hasArrived else { return }
    let layout = try Layout.plain(shape(node.inputs[0]))
    let description = try PrimitiveDescription.concat(
      parts.map { lowering.builder.layout($0) }, axis: axis, destination: layout)
    let result = lowering.builder.temporary(layout)
    try lowering.builder.emit(
      description, parts.enumerated().map { (.multipleSource($0), $1) } + [(.destination, result)])
    add(result, to: node.inputs[0])
  }

  mutating func differentiateSlice(_ node: Node, _ ranges: [SliceRange], _ gradient: Value) throws(OneDNNError) {
    let (input, output) = (shape(node.inputs[0]), shape(node.outputs[0]))
    var offsets = [Int](repeating: 0, count: input.count)
    var steps = [Int](repeating: 1, count: input.count)
    for range in ranges {
      offsets[range.axis] = range.first(in: input[range.axis])
      steps[range.axis] = range.step
    }
    let result = try zeros(input)
    if steps.allSatisfy({ $0 == 1 }) {
      let box = try lowering.builder.layout(result).part(output, at: offsets)
      try lowering.builder.reorder(gradient, into: lowering.builder.alias(result, as: box))
    } else {
      let arrived = try plain(gradient, output)
      let strides = input.rowMajorStrides
      let start = zip(offsets, strides).map { $0 * $1 }.reduce(0, +)
      // A step of which only the first place is taken may be too large to multiply.
      let taken = output.indices.map { output[$0] == 1 ? 0 : steps[$0] * strides[$0] }
      lowering.builder.emit([arrived, result]) { arrays in
        var next = UnsafePointer(arrays[0].assumingMemoryBound(to: Float.self))
        let result = arrays[1].assumingMemoryBound(to: Float.self)
        output.forEachOffset(taken, from: start) { offset in
          result[offset] = next.pointee
          next += 1
        }
      }
    }
    add(result, to: node.inputs[0])
  }

  mutating func differentiatePad(_ node: Node, _ padding: Operator.Padding, _ gradient: Value) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    // A negative width crops: what was cut off gets no gradient.
    let cropBefore = padding.before.map { max(0, -$0) }
    let kept = input.indices.map { input[$0] - cropBefore[$0] - max(0, -padding.after[$0]) }
    let inner = try cut(gradient, kept, at: padding.before.map { max(0, $0) })
    guard kept != input else { return add(inner, to: node.inputs[0]) }
    let result = try zeros(input)
    let box = try lowering.builder.layout(result).part(kept, at: cropBefore)
    try lowering.builder.reorder(inner, into: lowering.builder.alias(result, as: box))
    add(result, to: node.inputs[0])
  }
}
