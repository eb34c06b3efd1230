internal import COneDNN

extension Lowering {
  mutating func lowerPooling(
    _ node: Node, _ pooling: Operator.Pooling, _ algorithm: dnnl_alg_kind_t
  ) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let geometry = PrimitiveDescription.Geometry(Window(pooling), input: Extent(height: input[2], width: input[3]))
    try lowerPooling(node, geometry, algorithm)
  }

  private mutating func lowerPooling(
    _ node: Node, _ geometry: PrimitiveDescription.Geometry, _ algorithm: dnnl_alg_kind_t
  ) throws(OneDNNError) {
    let x = try operand(node.inputs[0], at: precision)
    let layout = builder.layout(x)
    let description = try PrimitiveDescription.pooling(
      kind, algorithm, layout, try .any(shape(node.outputs[0]), precision), geometry)
    let destination = builder.temporary(try description.layout(.destination))
    var arguments: [(Argument, Value)] = [(.source, x), (.destination, destination)]
    var workspace: Value?
    if isDifferentiated, algorithm == dnnl_pooling_max {
      workspace = builder.temporary(try description.layout(.workspace))
      arguments.append((.workspace, workspace!))
    }
    try builder.emit(description, arguments)
    forward[node.outputs[0]] = (description, workspace)
    values[node.outputs[0]] = destination
  }

  mutating func lowerAveragePool(
    _ node: Node, _ pooling: Operator.Pooling, includesPadding: Bool
  ) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let window = Window(pooling)
    let (vertical, horizontal) = (window.vertical(input[2]), window.horizontal(input[3]))
    // oneDNN divides by the whole window; a window that ceil mode pushes past the border has fewer places that count.
    guard includesPadding, vertical.after > vertical.declaredAfter || horizontal.after > horizontal.declaredAfter else {
      try lowerPooling(
        node, pooling, includesPadding ? dnnl_pooling_avg_include_padding : dnnl_pooling_avg_exclude_padding)
      return
    }
    let x = try plain(node.inputs[0])
    let output = shape(node.outputs[0])
    let destination = builder.temporary(try .plain(output))
    let average = WindowAverage(window, input: input, output: output)
    builder.emit([x, destination]) { arrays in
      average.run(arrays[0].assumingMemoryBound(to: Float.self), arrays[1].assumingMemoryBound(to: Float.self))
    }
    values[node.outputs[0]] = destination
  }

  mutating func lowerGlobalPool(_ node: Node, _ pooling: Operator.GlobalPooling) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let size = Extent(height: input[2], width: input[3])
    let window = Window(kernel: size, strides: Extent(1), dilations: Extent(1), padding: .none)
    try lowerPooling(
      node, PrimitiveDescription.Geometry(window, input: size),
      pooling == .average ? dnnl_pooling_avg_exclude_padding : dnnl_pooling_max)
  }

  mutating func lowerMean(_ node: Node, axes: [Int]) throws(OneDNNError) {
    let input = shape(node.inputs[0])
    let reduced = input.indices.map { axes.contains($0) ? 1 : input[$0] }
    let result: Value
    if input.count == 4, axes.sorted() == [2, 3] {
      let size = Extent(height: input[2], width: input[3])
      let window = Window(kernel: size, strides: Extent(1), dilations: Extent(1), padding: .none)
      let x = try operand(node.inputs[0], at: precision)
      let description = try PrimitiveDescription.pooling(
        kind, dnnl_pooling_avg_exclude_padding, builder.layout(x), try .any(reduced, precision),
        PrimitiveDescription.Geometry(window, input: size))
      result = builder.temporary(try description.layout(.destination))
      try builder.emit(description, [(.source, x), (.destination, result)])
      forward[node.outputs[0]] = (description, nil)
    } else if reduced == input {
      result = try plain(node.inputs[0])
    } else {
      let x = try plain(node.inputs[0])
      let description = try PrimitiveDescription.reduction(
        dnnl_reduction_mean, builder.layout(x), try .plain(reduced))
      result = builder.temporary(try .plain(reduced))
      try builder.emit(description, [(.source, x), (.destination, result)])
    }
    if shape(node.outputs[0]) == reduced, result != values[node.inputs[0]] {
      values[node.outputs[0]] = result
    } else {
      let precision = builder.layout(result).precision
      let plain = try builder.reordered(result, to: try .plain(reduced, precision))
      view(plain, as: try .plain(shape(node.outputs[0]), precision), named: node.outputs[0])
    }
  }
}
