internal import NeuralNet

/// Which operator of the file becomes which of the graph.
extension GraphImporter {
  /// Converts a node, whose inputs have been converted before.
  mutating func convert(_ node: NodeReader) throws(ONNXError) {
    if try fold(node) { return }
    switch node.operatorName {
    case "Conv": try convolution(node)
    case "MaxPool": try maxPool(node)
    case "AveragePool": try averagePool(node)
    case "GlobalAveragePool": try emit(.globalPool(.average), operands(node), for: node)
    case "GlobalMaxPool": try emit(.globalPool(.maximum), operands(node), for: node)
    case "BatchNormalization": try batchNormalization(node)
    case "LRN": try localResponseNormalization(node)
    case "Gemm": try gemm(node)
    case "MatMul": try emit(.matrixMultiplication, operands(node), for: node)
    case "Add": try emit(.binary(.add), operands(node), for: node)
    case "Sub": try emit(.binary(.subtract), operands(node), for: node)
    case "Mul": try emit(.binary(.multiply), operands(node), for: node)
    case "Div": try emit(.binary(.divide), operands(node), for: node)
    case "PRelu": try emit(.parametricRelu, operands(node), for: node)
    case "Softmax": try softmax(node) { .softmax(axis: $0) }
    case "LogSoftmax": try softmax(node) { .logSoftmax(axis: $0) }
    case "Concat": try concatenation(node)
    case "Split": try split(node)
    case "Slice": try slice(node)
    case "Gather": try gather(node)
    case "Pad": try pad(node)
    case "ReduceMean": try mean(node)
    case "Flatten": try flatten(node)
    case "Reshape": try reshape(node)
    case "Transpose": try transpose(node)
    case "Squeeze": try squeeze(node)
    case "Unsqueeze": try unsqueeze(node)
    case "Dropout": try dropout(node)
    case "Identity": try emit(.identity, operands(node), for: node)
    case "Cast": try cast(node)
    default:
      guard let activation = try activation(node) else {
        throw .unsupported("this operator on arrays that are computed from the graph's input")
      }
      try emit(.activation(activation), [operand(node, 0)], for: node)
    }
  }

  private func activation(_ node: NodeReader) throws(ONNXError) -> Activation? {
    switch node.operatorName {
    case "Relu": return .relu
    case "LeakyRelu": return .leakyRelu(slope: try node.float("alpha") ?? 0.01)
    case "Clip":
      // Bounds are inputs in all the opsets read here; some writers keep the attributes of earlier ones.
      let lower = try setting(node, 1, or: "min") ?? -.infinity
      return .clip(lower: lower, upper: try setting(node, 2, or: "max") ?? .infinity)
    case "Sigmoid": return .sigmoid
    case "HardSigmoid":
      return .hardSigmoid(alpha: try node.float("alpha") ?? 0.2, beta: try node.float("beta") ?? 0.5)
    case "HardSwish": return .hardSwish
    case "Tanh": return .tanh
    case "Erf": return .erf
    case "Gelu":
      let approximation = try node.string("approximate") ?? "none"
      guard ["none", "tanh"].contains(approximation) else {
        throw .malformed("attribute 'approximate' is '\(approximation)', not none or tanh")
      }
      return .gelu(tanhApproximation: approximation == "tanh")
    default: return nil
    }
  }

  private mutating func batchNormalization(_ node: NodeReader) throws(ONNXError) {
    guard try !node.bool("training_mode"), node.outputs.count == 1 else {
      throw .unsupported("batch normalisation in training mode; export the model for inference")
    }
    let normalization = Operator.BatchNormalization(
      epsilon: try node.float("epsilon") ?? 1e-5, momentum: try node.float("momentum") ?? 0.9)
    try emit(.batchNormalization(normalization), operands(node), for: node)
  }

  private mutating func localResponseNormalization(_ node: NodeReader) throws(ONNXError) {
    guard let size = try node.int("size") else { throw .malformed("has no attribute 'size'") }
    let normalization = Operator.LocalResponseNormalization(
      size: size, alpha: try node.float("alpha") ?? 1e-4, beta: try node.float("beta") ?? 0.75,
      bias: try node.float("bias") ?? 1)
    try emit(.localResponseNormalization(normalization), operands(node), for: node)
  }

  private mutating func gemm(_ node: NodeReader) throws(ONNXError) {
    let gemm = Operator.Gemm(
      alpha: try node.float("alpha") ?? 1, beta: try node.float("beta") ?? 1,
      transposesA: try node.int("transA") ?? 0 != 0, transposesB: try node.int("transB") ?? 0 != 0)
    try emit(.gemm(gemm), operands(node), for: node)
  }

  /// Softmax along one axis since opset 13; before, of everything from that axis on, as if it were one axis.
  private mutating func softmax(
    _ node: NodeReader, _ operation: (_ axis: Int) -> Operator
  ) throws(ONNXError) {
    let x = try operand(node, 0)
    let axis = try node.axis(try node.int("axis") ?? (node.opset >= 13 ? -1 : 1), rank: x.rank)
    if node.opset >= 13 || (axis + 1..<x.rank).allSatisfy({ x.extent($0) == 1 }) {
      return try emit(operation(axis), [x], for: node)
    }
    let flat = try step(operation(1), [try step(.flatten(axis: axis), [x], for: node)], for: node)
    guard let original = try dimensions(x.shapes, of: flat) else {
      throw .unsupported(
        "\(node.operatorName) of axes \(axis) to \(x.rank - 1) taken together (opset 12 and earlier) at several free "
          + "extents; export with opset 13 or later")
    }
    try emit(.reshape(original), [flat], for: node)
  }

  private mutating func dropout(_ node: NodeReader) throws(ONNXError) {
    guard node.outputs.count == 1 else { throw .unsupported("the mask of a dropout") }
    if case .constant(let mode, _)? = value(node, 2) {
      guard mode.integers?.allSatisfy({ $0 == 0 }) == true else {
        throw .unsupported("dropout in training mode; export the model for inference")
      }
    } else if node.input(2) != nil {
      throw .unsupported("input 2 (training_mode) is not constant")
    }
    let ratio = try setting(node, 1, or: "ratio") ?? 0.5
    guard (0..<1).contains(ratio) else { throw .malformed("ratio \(ratio) is not in 0..<1") }
    try emit(.dropout(ratio: ratio), [operand(node, 0)], for: node)
  }

  /// Between floating-point types; the graph computes in float32 anyway.
  private mutating func cast(_ node: NodeReader) throws(ONNXError) {
    let type = Onnx_TensorProto.DataType(rawValue: try node.int("to") ?? 0)
    guard let type, [.float, .float16, .bfloat16, .double].contains(type) else {
      throw .unsupported("a conversion of computed values to the type \(type.map { "\($0)" } ?? "?")")
    }
    try emit(.identity, operands(node), for: node)
  }
}
