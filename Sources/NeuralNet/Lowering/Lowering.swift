internal import COneDNN

/// Turns a graph's nodes, one by one, into the steps of a program.
///
/// Values stay in the layouts that oneDNN's primitives choose; they are brought into row-major order only where an
/// operator needs that.
struct Lowering {
  /// Where the weights come from and what may be forgotten.
  enum Purpose {
    /// Weights are constants, packed once.
    case inference(WeightStore)
    /// Weights that are trained are external arrays, which change between runs; the others are constants.
    case training(TrainingArrays, Differentiation, frozen: WeightStore)
  }

  /// Of all values, at the batch size that is being lowered.
  var shapes: [String: [Int]]
  let precision: Precision
  let purpose: Purpose
  var builder = ProgramBuilder()
  /// The values computed so far.
  var values: [String: Value] = [:]
  /// How often each value will yet be read.
  var remaining: [String: Int]
  /// Values whose memory somebody else looks at too.
  private var shared: Set<Value> = []
  /// Whether the present node is run for its gradient too.
  private(set) var isDifferentiated = false
  /// External arrays by number and view, so that each is brought into a layout once.
  private var externals: [Int: [(view: WeightView, value: Value)]] = [:]
  /// Forward primitives and their workspaces, by the node's first output: what the backward ones must match.
  var forward: [String: (description: PrimitiveDescription, workspace: Value?)] = [:]

  /// The mean and variance that a differentiated batch normalisation used, by its output.
  var statistics: [String: [Value]] = [:]

  init(_ graph: Graph, shapes: [String: [Int]], precision: Precision, purpose: Purpose) {
    self.shapes = shapes
    self.precision = precision
    self.purpose = purpose
    remaining = graph.consumers().mapValues(\.count)
    for output in graph.outputs { remaining[output, default: 0] += 1 }
  }

  /// oneDNN's kind of a forward run.
  var kind: dnnl_prop_kind_t {
    isDifferentiated ? dnnl_forward_training : dnnl_forward_inference
  }

  /// Adds the steps of one node.
  ///
  /// - Throws: ``OneDNNError`` that names the node.
  mutating func lower(_ fused: FusedNode) throws(OneDNNError) {
    builder.node = fused.node.name
    if case .training(_, let differentiation, _) = purpose {
      isDifferentiated = differentiation.covers(fused.node)
    }
    do {
      try emit(fused)
    } catch {
      var error = error
      error.node = error.node ?? fused.node.name
      throw error
    }
    for input in fused.node.inputs + [fused.summand].compactMap({ $0 }) { remaining[input, default: 1] -= 1 }
  }

  private mutating func emit(_ fused: FusedNode) throws(OneDNNError) {
    let node = fused.node
    let x = node.inputs[0]
    switch node.operation {
    case .convolution(let convolution): try lowerConvolution(fused, convolution)
    case .batchNormalization(let normalization): try lowerBatchNormalization(fused, normalization)
    case .activation(let activation): try lowerActivation(node, activation)
    case .parametricRelu: try lowerParametricRelu(node)
    case .binary(let binary): try lowerBinary(fused, binary)
    case .softmax(let axis): try lowerSoftmax(node, axis: axis, dnnl_softmax_accurate)
    case .logSoftmax(let axis): try lowerSoftmax(node, axis: axis, dnnl_softmax_log)
    case .concatenation(let axis): try lowerConcatenation(node, axis: axis)
    case .split(let axis, let sizes): try lowerSplit(node, axis: axis, sizes: sizes)
    case .slice(let ranges): try lowerSlice(node, ranges)
    case .maxPool(let pooling): try lowerPooling(node, pooling, dnnl_pooling_max)
    case .averagePool(let pooling, let includesPadding):
      try lowerAveragePool(node, pooling, includesPadding: includesPadding)
    case .globalPool(let pooling): try lowerGlobalPool(node, pooling)
    case .mean(let axes, _): try lowerMean(node, axes: axes)
    case .flatten, .reshape, .squeeze, .unsqueeze: try lowerReshape(node)
    case .transpose(let permutation): try lowerTranspose(node, permutation)
    case .gemm(let gemm): try lowerGemm(fused, gemm)
    case .matrixMultiplication: try lowerMatrixMultiplication(node)
    case .dropout(let ratio): try lowerDropout(node, ratio: ratio)
    case .identity: share(try operand(x), as: node.outputs[0])
    case .pad(let padding): try lowerPad(node, padding)
    case .localResponseNormalization(let normalization): try lowerLocalResponseNormalization(node, normalization)
    }
  }

  // MARK: Values

  func shape(_ name: String) -> [Int] { shapes[name]! }

  /// The value of this name as it is; a parameter in row-major order.
  mutating func operand(_ name: String) throws(OneDNNError) -> Value {
    if let value = values[name] { return value }
    return try parameter(name, WeightView(shape(name)), as: try .plain(shape(name)))
  }

  /// The value of this name in a layout.
  mutating func operand(_ name: String, as layout: Layout) throws(OneDNNError) -> Value {
    if let value = values[name] { return try builder.reordered(value, to: layout) }
    return try parameter(name, WeightView(shape(name)), as: layout)
  }

  /// The value of this name in row-major order.
  mutating func plain(_ name: String, _ precision: Precision = .float32) throws(OneDNNError) -> Value {
    try operand(name, as: try .plain(shape(name), precision))
  }

  /// The value of this name at a precision, in whatever layout it is.
  mutating func operand(_ name: String, at precision: Precision) throws(OneDNNError) -> Value {
    let value = try operand(name)
    return try builder.reordered(value, to: builder.layout(value).retyped(precision))
  }

  /// A weight under a view (or a computed value that stands for one) in the layout that a primitive wants.
  mutating func parameter(_ name: String, _ view: WeightView, as layout: Layout) throws(OneDNNError) -> Value {
    if values[name] != nil {
      let whole = try plain(name)
      return try builder.reordered(builder.alias(whole, as: try .strided(view.shape, view.strides)), to: layout)
    }
    switch purpose {
    case .inference(let store): return builder.constant(try store.packed(name, view, as: layout), layout)
    case .training(let arrays, _, let store):
      guard let number = arrays.parameter(name) else {
        return builder.constant(try store.packed(name, view, as: layout), layout)
      }
      return try builder.reordered(try external(number, view), to: layout)
    }
  }

  private mutating func external(_ number: Int, _ view: WeightView) throws(OneDNNError) -> Value {
    if let known = externals[number]?.first(where: { $0.view == view }) { return known.value }
    let value = builder.external(number, try .strided(view.shape, view.strides))
    externals[number, default: []].append((view, value))
    return value
  }

  /// The only value of a constant that has just one.
  func scalar(_ name: String) -> Float? {
    guard values[name] == nil else { return nil }
    switch purpose {
    case .inference(let store): return store.scalar(name)
    case .training(let arrays, _, let store): return arrays.parameter(name) == nil ? store.scalar(name) : nil
    }
  }

  /// Whether the last reader of this value may write its result over it.
  func mayOverwrite(_ name: String) -> Bool {
    guard let value = values[name], remaining[name] == 1 else { return false }
    if case .training(_, let differentiation, _) = purpose, differentiation.rereads(name) { return false }
    return builder.isTemporary(value) && !shared.contains(value)
  }

  /// Gives a value a further name.
  mutating func share(_ value: Value, as name: String) {
    shared.insert(value)
    values[name] = value
  }

  /// Gives a value's memory a further name and shape; the layout must cover the same bytes.
  mutating func view(_ value: Value, as layout: Layout, named name: String) {
    let alias = builder.alias(value, as: layout)
    shared.formUnion([value, alias])
    values[name] = alias
  }

  /// Applies functions one after the other where they could not be fused, over the value itself.
  mutating func apply(_ functions: [Eltwise], to value: Value) throws(OneDNNError) {
    for function in functions {
      let layout = builder.layout(value)
      let description = try PrimitiveDescription.eltwise(
        dnnl_forward_inference, function.algorithm, layout, alpha: function.alpha, beta: function.beta)
      try builder.emit(description, [(.source, value), (.destination, value)])
    }
  }
}
