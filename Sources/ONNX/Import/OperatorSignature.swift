/// What ONNX allows of one operator, as far as it is read here.
struct OperatorSignature {
  /// How many inputs; those past the lower bound may be left out.
  var inputs: ClosedRange<Int>
  /// How many outputs may be named.
  var outputs = 1...1
  /// The attributes that are known. Another one might change what the node computes, so that it is refused.
  var attributes: Set<String> = []
  /// The opset that introduced the operator.
  var since = 1

  /// Every operator that is read, by name (https://onnx.ai/onnx/operators/).
  static let all: [String: OperatorSignature] = [
    "Abs": .init(inputs: 1...1),
    "Add": .init(inputs: 2...2),
    "AveragePool": .init(
      inputs: 1...1,
      attributes: ["auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides"]),
    "BatchNormalization": .init(
      inputs: 5...5, outputs: 1...5, attributes: ["epsilon", "momentum", "training_mode"]),
    "Cast": .init(inputs: 1...1, attributes: ["to", "saturate"]),
    "Ceil": .init(inputs: 1...1),
    "Clip": .init(inputs: 1...3, attributes: ["min", "max"]),
    "Concat": .init(inputs: 1...Int.max, attributes: ["axis"]),
    "Constant": .init(
      inputs: 0...0,
      attributes: [
        "value", "value_float", "value_floats", "value_int", "value_ints", "value_string", "value_strings",
        "sparse_value",
      ]),
    "ConstantOfShape": .init(inputs: 1...1, attributes: ["value"]),
    "Conv": .init(
      inputs: 2...3, attributes: ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]),
    "Div": .init(inputs: 2...2),
    "Dropout": .init(inputs: 1...3, outputs: 1...2, attributes: ["ratio", "seed"]),
    "Equal": .init(inputs: 2...2),
    "Erf": .init(inputs: 1...1),
    "Expand": .init(inputs: 2...2),
    "Flatten": .init(inputs: 1...1, attributes: ["axis"]),
    "Floor": .init(inputs: 1...1),
    "Gather": .init(inputs: 2...2, attributes: ["axis"]),
    "Gelu": .init(inputs: 1...1, attributes: ["approximate"], since: 20),
    "Gemm": .init(inputs: 2...3, attributes: ["alpha", "beta", "transA", "transB"]),
    "GlobalAveragePool": .init(inputs: 1...1),
    "GlobalMaxPool": .init(inputs: 1...1),
    "HardSigmoid": .init(inputs: 1...1, attributes: ["alpha", "beta"]),
    "HardSwish": .init(inputs: 1...1, since: 14),
    "Identity": .init(inputs: 1...1),
    "LRN": .init(inputs: 1...1, attributes: ["alpha", "beta", "bias", "size"]),
    "LeakyRelu": .init(inputs: 1...1, attributes: ["alpha"]),
    "LogSoftmax": .init(inputs: 1...1, attributes: ["axis"]),
    "MatMul": .init(inputs: 2...2),
    "Max": .init(inputs: 1...Int.max),
    "MaxPool": .init(
      inputs: 1...1, outputs: 1...2,
      attributes: ["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"]),
    "Min": .init(inputs: 1...Int.max),
    "Mod": .init(inputs: 2...2, attributes: ["fmod"]),
    "Mul": .init(inputs: 2...2),
    "Neg": .init(inputs: 1...1),
    "PRelu": .init(inputs: 2...2),
    "Pad": .init(inputs: 2...4, attributes: ["mode"]),
    "ReduceMean": .init(inputs: 1...2, attributes: ["axes", "keepdims", "noop_with_empty_axes"]),
    "ReduceProd": .init(inputs: 1...2, attributes: ["axes", "keepdims", "noop_with_empty_axes"]),
    "Relu": .init(inputs: 1...1),
    "Reshape": .init(inputs: 2...2, attributes: ["allowzero"]),
    "Shape": .init(inputs: 1...1, attributes: ["start", "end"]),
    "Sigmoid": .init(inputs: 1...1),
    "Size": .init(inputs: 1...1),
    "Slice": .init(inputs: 3...5),
    "Softmax": .init(inputs: 1...1, attributes: ["axis"]),
    "Split": .init(inputs: 1...2, outputs: 1...Int.max, attributes: ["axis", "split", "num_outputs"]),
    "Sqrt": .init(inputs: 1...1),
    "Squeeze": .init(inputs: 1...2, attributes: ["axes"]),
    "Sub": .init(inputs: 2...2),
    "Tanh": .init(inputs: 1...1),
    "Transpose": .init(inputs: 1...1, attributes: ["perm"]),
    "Unsqueeze": .init(inputs: 1...2, attributes: ["axes"]),
    "Where": .init(inputs: 3...3),
  ]
}
