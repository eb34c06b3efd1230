internal import COneDNN

/// Adds the backward steps of a graph to its forward ones: reverse-mode differentiation, node by node from the end.
///
/// Gradients keep the layouts that oneDNN's backward primitives choose, as values do in ``Lowering``.
struct Gradients {
  /// A gradient on its way to a value.
  struct Contribution {
    let value: Value
    /// How the value's row-major memory is read to get this array's shape; nil where that is the value's own shape.
    var view: WeightView?
    /// Whether nobody else reads this memory, so that it may be overwritten.
    var isFresh = true
  }

  var lowering: Lowering
  let differentiation: Differentiation
  private let arrays: TrainingArrays
  private var contributions: [String: [Contribution]] = [:]
  /// By the position of a step: the parameters that no earlier step reads.
  private var firstUses: [[String]]
  private let steps: [FusedNode]

  init(_ lowering: Lowering, _ steps: [FusedNode], _ differentiation: Differentiation, _ arrays: TrainingArrays) {
    self.lowering = lowering
    self.steps = steps
    self.differentiation = differentiation
    self.arrays = arrays
    var seen: Set<String> = []
    firstUses = steps.map { step in
      step.node.inputs.filter { arrays.parameter($0) != nil && seen.insert($0).inserted }
    }
  }

  /// Adds all backward steps.
  ///
  /// - Parameter inputs: the graph inputs whose gradients are asked for.
  mutating func sweep(outputs: [String], inputs: [String]) throws {
    for output in outputs {
      let layout = try Layout.plain(shape(output))
      add(lowering.builder.external(arrays.seed(output)!, layout), to: output, isFresh: false)
    }
    for (position, step) in steps.enumerated().reversed() {
      lowering.builder.node = step.node.name
      do {
        try differentiate(step)
        for name in firstUses[position] { try store(name, as: arrays.parameterGradient(name)!) }
      } catch var error as OneDNNError {
        error.node = error.node ?? step.node.name
        throw error
      }
    }
    for name in inputs { try store(name, as: arrays.inputGradient(name)!) }
  }

  private mutating func differentiate(_ fused: FusedNode) throws {
    let node = fused.node
    if case .split(let axis, _) = node.operation, differentiation.covers(node) {
      return try differentiateSplit(node, axis: axis)
    }
    guard let arrived = try total(fused.output) else { return }
    var gradient = arrived
    for function in fused.functions.reversed() {
      let result = try lowering.operand(fused.output)
      gradient = try differentiated(function.fromResult, gradient, result)
    }
    if let summand = fused.summand {
      gradient.isFresh = gradient.isFresh && !differentiation.wants(summand)
      add(gradient.value, to: summand, isFresh: gradient.isFresh)
    }
    guard differentiation.covers(node) else { return }
    switch node.operation {
    case .convolution(let convolution): try differentiateConvolution(node, convolution, gradient.value)
    case .batchNormalization(let normalization):
      try differentiateBatchNormalization(node, normalization, gradient)
    case .activation(let activation): try differentiateActivation(node, activation, gradient)
    case .parametricRelu: try differentiateParametricRelu(node, gradient.value)
    case .binary(let binary): try differentiateBinary(node, binary, gradient)
    case .softmax(let axis): try differentiateSoftmax(node, axis, dnnl_softmax_accurate, gradient.value)
    case .logSoftmax(let axis): try differentiateSoftmax(node, axis, dnnl_softmax_log, gradient.value)
    case .concatenation(let axis): try differentiateConcatenation(node, axis: axis, gradient.value)
    case .split: break  // Handled above: it has several outputs.
    case .slice(let ranges): try differentiateSlice(node, ranges, gradient.value)
    case .maxPool(let pooling): try differentiatePooling(node, pooling, dnnl_pooling_max, gradient.value)
    case .averagePool(let pooling, let includesPadding):
      try differentiateAveragePool(node, pooling, includesPadding: includesPadding, gradient.value)
    case .globalPool(let pooling): try differentiateGlobalPool(node, pooling, gradient.value)
    case .mean(let axes, _): try differentiateMean(node, axes: axes, gradient.value)
    case .flatten, .reshape, .squeeze, .unsqueeze: try differentiateReshape(node, gradient.value)
    case .transpose(let permutation): try differentiateTranspose(node, permutation, gradient.value)
    case .gemm(let gemm): try differentiateGemm(node, gemm, gradient.value)
    case .matrixMultiplication: try differentiateMatrixMultiplication(node, gradient.value)
    case .dropout(let ratio): try differentiateDropout(node, ratio: ratio, gradient)
    case .identity: add(gradient.value, to: node.inputs[0], isFresh: gradient.isFresh)
    case .pad(let padding): try differentiatePad(node, padding, gradient.value)
    case .localResponseNormalization(let settings):
      try differentiateLocalResponseNormalization(node, settings, gradient.value)
    }
  }

  // MARK: Contributions

  func shape(_ name: String) -> [Int] { lowering.shape(name) }

  /// Adds to a value's gradient, if anybody wants that.
  mutating func add(_ gradient: Value, view: WeightView? = nil, to name: String, isFresh: Bool = true) {
    guard differentiation.wants(name) else { return }
    contributions[name, default: []].append(Contribution(value: gradient, view: view, isFresh: isFresh))
  }

  /// The sum of what was added to a value's gradient, nil if that is nothing. It is forgotten here.
  mutating func total(_ name: String) throws(OneDNNError) -> Contribution? {
    guard let parts = contributions.removeValue(forKey: name), let first = parts.first else { return nil }
    if parts.count == 1, first.view == nil { return first }
    // All in the layout that most of oneDNN's primitives will ask for: the value's own.
    var layout = try Layout.plain(shape(name))
    if let value = lowering.values[name], lowering.builder.layout(value).shape == layout.shape {
      layout = lowering.builder.layout(value)
    }
    var summands: [Value] = []
    for part in parts {
      var value = part.value
      if part.view != nil { value = try plain(part, shape(name)) }
      summands.append(try lowering.builder.reordered(value, to: layout))
    }
    guard summands.count > 1 else { return Contribution(value: summands[0]) }
    let description = try PrimitiveDescription.sum(summands.map { _ in layout }, destination: layout)
    let sum = lowering.builder.temporary(layout)
    try lowering.builder.emit(
      description, summands.enumerated().map { (.multipleSource($0), $1) } + [(.destination, sum)])
    return Contribution(value: sum)
  }

  /// A viewed gradient in the row-major order of its value.
  private mutating func plain(_ part: Contribution, _ shape: [Int]) throws(OneDNNError) -> Value {
    guard let view = part.view else { return part.value }
    let copy = lowering.builder.temporary(try .plain(shape))
    try lowering.builder.reorder(
      part.value, into: lowering.builder.alias(copy, as: try .strided(view.shape, view.strides)))
    return copy
  }

  /// Writes a finished gradient to the caller's memory. Where nothing arrived, that keeps the zeros it has.
  private mutating func store(_ name: String, as external: Int) throws(OneDNNError) {
    if let parts = contributions[name], parts.count == 1, let view = parts[0].view {
      contributions[name] = nil
      let destination = lowering.builder.external(external, try .strided(view.shape, view.strides))
      return try lowering.builder.reorder(parts[0].value, into: destination)
    }
    guard let gradient = try total(name) else { return }
    let destination = lowering.builder.external(external, try .plain(shape(name)))
    try lowering.builder.reorder(gradient.value, into: destination)
  }

  // MARK: Arithmetic

  /// A value in row-major order.
  mutating func plain(_ value: Value, _ shape: [Int]) throws(OneDNNError) -> Value {
    try lowering.builder.reordered(value, to: try .plain(shape))
  }

  /// `factor · gradient`, in its layout.
  mutating func scaled(_ gradient: Value, by factor: Float) throws(OneDNNError) -> Value {
    if factor == 1 { return gradient }
    let layout = lowering.builder.layout(gradient)
    let function = Eltwise.linear(factor, 0)
    let description = try PrimitiveDescription.eltwise(
      dnnl_forward_inference, function.algorithm, layout, alpha: function.alpha, beta: function.beta)
    let result = lowering.builder.temporary(layout)
    try lowering.builder.emit(description, [(.source, gradient), (.destination, result)])
    return result
  }

  /// The gradient of a value that was broadcast to `shape`: summed over the places that each of its values went to.
  mutating func reduced(_ gradient: Value, _ shape: [Int], to target: [Int]) throws(OneDNNError) -> Value {
    if shape == target { return gradient }
    let aligned = target.aligned(to: shape.count)
    let result: Value
    if aligned == shape {
      result = try plain(gradient, shape)
    } else if shape.count == 4, aligned == [shape[0], shape[1], 1, 1] {
      // A gate of squeeze and excite: oneDNN's pooling is the fastest sum over a map.
      let size = Extent(height: shape[2], width: shape[3])
      let window = Window(kernel: size, strides: Extent(1), dilations: Extent(1), padding: .none)
      let description = try PrimitiveDescription.pooling(
        dnnl_forward_inference, dnnl_pooling_avg_exclude_padding, lowering.builder.layout(gradient),
        try .any(aligned, .float32), PrimitiveDescription.Geometry(window, input: size))
      let mean = lowering.builder.temporary(try description.layout(.destination))
      try lowering.builder.emit(description, [(.source, gradient), (.destination, mean)])
      result = try plain(try scaled(mean, by: Float(shape[2] * shape[3])), aligned)
    } else {
      let strides = zip(aligned, aligned.rowMajorStrides).map { $0 == 1 ? 0 : $1 }
      let source = try plain(gradient, shape)
      result = lowering.builder.temporary(try .plain(aligned))
      let count = aligned.product
      lowering.builder.emit([source, result]) { arrays in
        var next = UnsafePointer(arrays[0].assumingMemoryBound(to: Float.self))
        // In double precision: a channel's sum may be over millions of values.
        var sums = [Double](repeating: 0, count: count)
        shape.forEachOffset(strides) { offset in
          sums[offset] += Double(next.pointee)
          next += 1
        }
        let result = arrays[1].assumingMemoryBound(to: Float.self)
        for index in 0..<count { result[index] = Float(sums[index]) }
      }
    }
    return lowering.builder.alias(result, as: try .plain(target))
  }

  /// `factor · gradient`, each value repeated over the axes where `aligned` has extent 1, row-major.
  mutating func repeated(
    _ gradient: Value, _ aligned: [Int], to shape: [Int], factor: Float
  ) throws(OneDNNError) -> Value {
    let strides = zip(aligned, aligned.rowMajorStrides).map { $0 == 1 ? 0 : $1 }
    let destination = lowering.builder.temporary(try .plain(shape))
    lowering.builder.emit([gradient, destination]) { arrays in
      let source = arrays[0].assumingMemoryBound(to: Float.self)
      var result = arrays[1].assumingMemoryBound(to: Float.self)
      shape.forEachOffset(strides) { offset in
        result.pointee = factor * source[offset]
        result += 1
      }
    }
    return destination
  }

  /// Row-major memory of zeros.
  mutating func zeros(_ shape: [Int]) throws(OneDNNError) -> Value {
    let result = lowering.builder.temporary(try .plain(shape))
    let count = shape.product
    lowering.builder.emit([result]) { arrays in
      arrays[0].assumingMemoryBound(to: Float.self).update(repeating: 0, count: count)
    }
    return result
  }
}
