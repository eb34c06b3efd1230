internal import NeuralNet

/// Which operator of the graph becomes which of the file.
extension GraphExporter {
  mutating func write(_ node: Node) {
    switch node.operation {
    case .convolution(let convolution):
      write(
        node,
        [
          .extent("strides", convolution.strides), .extent("dilations", convolution.dilations),
          .padding(convolution.padding), .int("group", convolution.groups),
        ])
    case .batchNormalization(let normalization):
      write(node, [.float("epsilon", normalization.epsilon), .float("momentum", normalization.momentum)])
    case .activation(let activation): write(activation, node)
    case .parametricRelu, .binary, .globalPool, .identity, .matrixMultiplication: write(node, [])
    case .softmax(let axis), .logSoftmax(let axis), .concatenation(let axis), .flatten(let axis):
      write(node, [.int("axis", axis)])
    case .split(let axis, let sizes):
      write(node, [.int("axis", axis)], constants: [(Constant(sizes), "sizes")])
    case .slice(let ranges):
      write(
        node, [],
        constants: [
          (Constant(ranges.map(\.start)), "starts"), (Constant(ranges.map(\.end)), "ends"),
          (Constant(ranges.map(\.axis)), "axes"), (Constant(ranges.map(\.step)), "steps"),
        ])
    case .maxPool(let pooling): write(node, Self.attributes(pooling) + [.extent("dilations", pooling.dilations)])
    case .averagePool(let pooling, let includesPadding):
      write(
        node,
        Self.attributes(pooling) + [.int("count_include_pad", includesPadding ? 1 : 0)]
          + (opset >= 19 ? [.extent("dilations", pooling.dilations)] : []))
    case .mean(let axes, let keepsDimensions): writeMean(node, axes, keepsDimensions)
    case .reshape(let dimensions): writeReshape(node, dimensions)
    case .transpose(let permutation): write(node, [.ints("perm", permutation)])
    case .squeeze(let axes), .unsqueeze(let axes): write(node, [], constants: [(Constant(axes), "axes")])
    case .gemm(let gemm):
      write(
        node,
        [
          .float("alpha", gemm.alpha), .float("beta", gemm.beta), .int("transA", gemm.transposesA ? 1 : 0),
          .int("transB", gemm.transposesB ? 1 : 0),
        ])
    case .dropout(let ratio): write(node, [], constants: [(Constant(shape: [], .floats([ratio])), "ratio")])
    case .pad(let padding):
      write(
        node, [.string("mode", "constant")],
        constants: [
          (Constant(padding.before + padding.after), "widths"),
          (Constant(shape: [], .floats([padding.value])), "value"),
        ])
    case .localResponseNormalization(let normalization):
      write(
        node,
        [
          .int("size", normalization.size), .float("alpha", normalization.alpha), .float("beta", normalization.beta),
          .float("bias", normalization.bias),
        ])
    }
  }

  /// Writes a node as the operator of its name.
  private mutating func write(
    _ node: Node, _ attributes: [Attribute], constants: [(Constant, role: String)] = []
  ) {
    let inputs = node.inputs + constants.map { constant($0.0, for: node, $0.role) }
    write(node.operation.name, name: node.name, inputs, node.outputs, attributes)
  }

  private static func attributes(_ pooling: Operator.Pooling) -> [Attribute] {
    [
      .extent("kernel_shape", pooling.kernel), .extent("strides", pooling.strides), .padding(pooling.padding),
      .int("ceil_mode", pooling.ceilMode ? 1 : 0),
    ]
  }

  private mutating func writeMean(_ node: Node, _ axes: [Int], _ keepsDimensions: Bool) {
    let keeps = Attribute.int("keepdims", keepsDimensions ? 1 : 0)
    if axes.isEmpty {
      // To ONNX no axes are all axes.
      write("Identity", name: node.name, node.inputs, node.outputs)
    } else if opset >= 18 {
      write(node, [keeps], constants: [(Constant(axes), "axes")])
    } else {
      write(node, [.ints("axes", axes), keeps])
    }
  }

  /// Reshape copies an extent of the input only to the same axis of the output; other copies are taken from its shape.
  private mutating func writeReshape(_ node: Node, _ dimensions: [ReshapeDimension]) {
    var extents: [Int] = []
    var copies: [Int: Int] = [:]
    for (axis, dimension) in dimensions.enumerated() {
      switch dimension {
      case .fixed(let extent): extents.append(extent)
      case .inferred: extents.append(-1)
      case .copy(let source):
        extents.append(0)
        if source != axis { copies[axis] = source }
      }
    }
    guard !copies.isEmpty else { return write(node, [], constants: [(Constant(extents), "shape")]) }
    var parts: [String] = []
    for (axis, extent) in extents.enumerated() {
      if let source = copies[axis] {
        parts.append(
          step("Shape", for: node, [node.inputs[0]], [.int("start", source), .int("end", source + 1)]))
      } else {
        parts.append(constant(Constant([extent]), for: node, "extent"))
      }
    }
    let shape = step("Concat", for: node, parts, [.int("axis", 0)])
    write("Reshape", name: node.name, [node.inputs[0], shape], node.outputs)
  }
}

extension Attribute {
  /// A border, as `pads` or `auto_pad`.
  fileprivate static func padding(_ padding: SpatialPadding) -> Attribute {
    switch padding {
    case .explicit(let top, let left, let bottom, let right): .ints("pads", [top, left, bottom, right])
    case .sameUpper: .string("auto_pad", "SAME_UPPER")
    case .sameLower: .string("auto_pad", "SAME_LOWER")
    }
  }
}
