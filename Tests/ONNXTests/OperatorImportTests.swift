import NeuralNet
import Testing

@testable import ONNX

/// One operator of the file and what it becomes.
struct OperatorCase: CustomTestStringConvertible, Sendable {
  var name: String
  var opset = 17
  var input: [Onnx_TensorShapeProto.Dimension] = ["N", 4, 8, 8]
  var nodes: [Onnx_NodeProto]
  var initializers: [Onnx_TensorProto] = []
  var expected: [Operator]

  var testDescription: String { "\(name) in opset \(opset)" }
  var model: TestModel { TestModel(opset: opset, input: input, nodes: nodes, initializers: initializers) }

  init(
    _ name: String, opset: Int = 17, input: [Onnx_TensorShapeProto.Dimension] = ["N", 4, 8, 8],
    _ nodes: [Onnx_NodeProto], _ initializers: [Onnx_TensorProto] = [], becomes expected: [Operator]
  ) {
    self.name = name
    self.opset = opset
    self.input = input
    self.nodes = nodes
    self.initializers = initializers
    self.expected = expected
  }
}

@Suite struct OperatorImportTests {
  @Test(arguments: windows + activations + arrays + shapes)
  func `an operator of the file becomes this`(_ example: OperatorCase) throws {
    #expect(try example.model.graph().nodes.map(\.operation) == example.expected)
  }

  @Test(arguments: windows + activations + arrays + shapes)
  func `what is written is read as the same graph`(_ example: OperatorCase) throws {
    let graph = try example.model.graph()
    let again = try ONNXFile.decode(try ONNXFile.encode(graph), name: "again")
    let isComposed = example.expected.contains {
      if case .activation(.gelu) = $0 { true } else { false }
    }
    if isComposed {
      #expect(again.outputs == graph.outputs)
    } else {
      #expect(again == graph)
    }
  }

  static let windows: [OperatorCase] = [
    OperatorCase(
      "a convolution",
      [
        .node(
          "Conv", "x w b", "y",
          [
            .ints("pads", [0, 1, 2, 3]), .ints("strides", [2, 1]), .ints("dilations", [1, 2]), .int("group", 2),
            .ints("kernel_shape", [3, 3]),
          ])
      ], [.floats("w", [6, 2, 3, 3]), .floats("b", [6])],
      becomes: [
        .convolution(
          .init(
            strides: Extent(height: 2, width: 1), dilations: Extent(height: 1, width: 2),
            padding: .explicit(top: 0, left: 1, bottom: 2, right: 3), groups: 2))
      ]),
    OperatorCase(
      "auto_pad", [.node("Conv", "x w", "y", [.string("auto_pad", "SAME_LOWER")])], [.floats("w", [6, 4, 3, 3])],
      becomes: [.convolution(.init(padding: .sameLower))]),
    OperatorCase(
      "auto_pad VALID", [.node("Conv", "x w", "y", [.string("auto_pad", "VALID")])], [.floats("w", [6, 4, 3, 3])],
      becomes: [.convolution(.init())]),
    OperatorCase(
      "a maximum pooling",
      [.node("MaxPool", "x", "y", [.ints("kernel_shape", [3, 2]), .int("ceil_mode", 1), .int("storage_order", 1)])],
      becomes: [.maxPool(.init(kernel: Extent(height: 3, width: 2), ceilMode: true))]),
    OperatorCase(
      "an average pooling with dilation", opset: 19,
      [
        .node(
          "AveragePool", "x", "y",
          [.ints("kernel_shape", [2, 2]), .ints("dilations", [2, 2]), .int("count_include_pad", 1)])
      ], becomes: [.averagePool(.init(kernel: Extent(2), dilations: Extent(2)), includesPadding: true)]),
    OperatorCase("a global average", [.node("GlobalAveragePool", "x", "y")], becomes: [.globalPool(.average)]),
    OperatorCase("a global maximum", [.node("GlobalMaxPool", "x", "y")], becomes: [.globalPool(.maximum)]),
    OperatorCase(
      "a batch normalisation", [.node("BatchNormalization", "x w w w v", "y", [.float("epsilon", 0.5)])],
      [.floats("w", [4]), .floats("v", [4])], becomes: [.batchNormalization(.init(epsilon: 0.5))]),
    OperatorCase(
      "LRN", [.node("LRN", "x", "y", [.int("size", 5), .float("bias", 2)])],
      becomes: [.localResponseNormalization(.init(size: 5, bias: 2))]),
    OperatorCase(
      "Gemm", input: ["N", 4], [.node("Gemm", "x w b", "y", [.int("transB", 1), .float("alpha", 2)])],
      [.floats("w", [3, 4]), .floats("b", [3])], becomes: [.gemm(.init(alpha: 2, transposesB: true))]),
    OperatorCase(
      "MatMul", input: ["N", 4], [.node("MatMul", "x w", "y")], [.floats("w", [4, 3])],
      becomes: [.matrixMultiplication]),
  ]

  static let activations: [OperatorCase] = [
    OperatorCase("Relu", [.node("Relu", "x", "y")], becomes: [.activation(.relu)]),
    OperatorCase("LeakyRelu", [.node("LeakyRelu", "x", "y")], becomes: [.activation(.leakyRelu(slope: 0.01))]),
    OperatorCase("PRelu", [.node("PRelu", "x s", "y")], [.floats("s", [4, 1, 1])], becomes: [.parametricRelu]),
    OperatorCase(
      "Clip with both bounds", [.node("Clip", "x low high", "y")], [.floats("low", [], [0]), .floats("high", [], [6])],
      becomes: [.activation(.clip(lower: 0, upper: 6))]),
    OperatorCase(
      "Clip without a lower bound", opset: 11, [.node("Clip", "x _ high", "y")], [.floats("high", [], [6])],
      becomes: [.activation(.clip(lower: -.infinity, upper: 6))]),
    OperatorCase(
      "Clip with attributes", opset: 11, [.node("Clip", "x", "y", [.float("min", -1)])],
      becomes: [.activation(.clip(lower: -1, upper: .infinity))]),
    OperatorCase("Sigmoid", [.node("Sigmoid", "x", "y")], becomes: [.activation(.sigmoid)]),
    OperatorCase(
      "HardSigmoid", [.node("HardSigmoid", "x", "y", [.float("alpha", 0.25)])],
      becomes: [.activation(.hardSigmoid(alpha: 0.25, beta: 0.5))]),
    OperatorCase("HardSwish", opset: 14, [.node("HardSwish", "x", "y")], becomes: [.activation(.hardSwish)]),
    OperatorCase("Tanh", [.node("Tanh", "x", "y")], becomes: [.activation(.tanh)]),
    OperatorCase("Erf", [.node("Erf", "x", "y")], becomes: [.activation(.erf)]),
    OperatorCase("Gelu", opset: 20, [.node("Gelu", "x", "y")], becomes: [.activation(.gelu(tanhApproximation: false))]),
    OperatorCase(
      "Gelu by tanh", opset: 20, [.node("Gelu", "x", "y", [.string("approximate", "tanh")])],
      becomes: [.activation(.gelu(tanhApproximation: true))]),
    OperatorCase("Softmax", [.node("Softmax", "x", "y", [.int("axis", -3)])], becomes: [.softmax(axis: 1)]),
    OperatorCase("Softmax of the last axis", opset: 13, [.node("Softmax", "x", "y")], becomes: [.softmax(axis: 3)]),
    OperatorCase(
      "Softmax before opset 13", opset: 12, input: ["N", 4, 1, 1], [.node("Softmax", "x", "y")],
      becomes: [.softmax(axis: 1)]),
    OperatorCase(
      "Softmax before opset 13 of all but the batch", opset: 12, [.node("Softmax", "x", "y")],
      becomes: [.flatten(axis: 1), .softmax(axis: 1), .reshape([.copy(axis: 0), .fixed(4), .fixed(8), .fixed(8)])]),
    OperatorCase(
      "Softmax before opset 13 of all but the batch, at a free height", opset: 11, input: ["N", 4, "H", 8],
      [.node("Softmax", "x", "y")],
      becomes: [.flatten(axis: 1), .softmax(axis: 1), .reshape([.copy(axis: 0), .fixed(4), .inferred, .fixed(8)])]),
    OperatorCase(
      "LogSoftmax before opset 13 of the last two axes", opset: 11, [.node("LogSoftmax", "x", "y", [.int("axis", 2)])],
      becomes: [.flatten(axis: 2), .logSoftmax(axis: 1), .reshape([.inferred, .fixed(4), .fixed(8), .fixed(8)])]),
    OperatorCase(
      "Softmax before opset 13 of everything", opset: 11, [.node("Softmax", "x", "y", [.int("axis", 0)])],
      becomes: [.flatten(axis: 0), .softmax(axis: 1), .reshape([.inferred, .fixed(4), .fixed(8), .fixed(8)])]),
    OperatorCase("LogSoftmax", [.node("LogSoftmax", "x", "y")], becomes: [.logSoftmax(axis: 3)]),
    OperatorCase(
      "Dropout by attribute", opset: 11, [.node("Dropout", "x", "y", [.float("ratio", 0.25)])],
      becomes: [.dropout(ratio: 0.25)]),
    OperatorCase(
      "Dropout by input", opset: 12, [.node("Dropout", "x r", "y")], [.floats("r", [], [0.25])],
      becomes: [.dropout(ratio: 0.25)]),
    OperatorCase(
      "Cast between floats", [.node("Cast", "x", "y", [.int("to", 10)])], becomes: [.identity]),
    OperatorCase("Add", [.node("Add", "x w", "y")], [.floats("w", [4, 1, 1])], becomes: [.binary(.add)]),
    OperatorCase("Sub", [.node("Sub", "w x", "y")], [.floats("w", [])], becomes: [.binary(.subtract)]),
    OperatorCase("Mul", [.node("Mul", "x x", "y")], becomes: [.binary(.multiply)]),
    OperatorCase("Div", [.node("Div", "x w", "y")], [.floats("w", [1])], becomes: [.binary(.divide)]),
  ]

  static let arrays: [OperatorCase] = [
    OperatorCase("Concat", [.node("Concat", "x x", "y", [.int("axis", -3)])], becomes: [.concatenation(axis: 1)]),
    OperatorCase(
      "Split by attribute", opset: 12, [.node("Split", "x", "y z", [.int("axis", 1), .ints("split", [1, 3])])],
      becomes: [.split(axis: 1, sizes: [1, 3])]),
    OperatorCase(
      "Split by input", opset: 13, [.node("Split", "x s", "y z", [.int("axis", 1)])], [.ints("s", [1, 3])],
      becomes: [.split(axis: 1, sizes: [1, 3])]),
    OperatorCase(
      "Split into equal parts", opset: 13, [.node("Split", "x", "y z", [.int("axis", 1)])],
      becomes: [.split(axis: 1, sizes: [2, 2])]),
    OperatorCase(
      "Split with a smaller last part", opset: 18,
      [.node("Split", "x", "y z w", [.int("axis", 2), .int("num_outputs", 3)])],
      becomes: [.split(axis: 2, sizes: [3, 3, 2])]),
    OperatorCase(
      "Slice", [.node("Slice", "x s e a t", "y")],
      [.ints("s", [-1, 1]), .ints("e", [.min, .max]), .ints("a", [-1, 1]), .ints("t", [-2, 1])],
      becomes: [
        .slice([SliceRange(axis: 3, start: -1, end: .min, step: -2), SliceRange(axis: 1, start: 1, end: .max)])
      ]),
    OperatorCase(
      "Slice to a distance from the end", input: ["N", 4, "H", "W"],
      [
        .node("Shape", "x", "s"), .node("Gather", "s two", "h"), .node("Sub", "h two", "e"),
        .node("Unsqueeze", "e zero", "e1"),
        .node("Slice", "x zero e1 two1", "y"),
      ],
      [.int("two", 2), .ints("zero", [0]), .ints("two1", [2])],
      becomes: [.slice([SliceRange(axis: 2, start: 0, end: -2)])]),
    OperatorCase(
      "Gather of one index", [.node("Gather", "x i", "y", [.int("axis", 1)])], [.int("i", -1)],
      becomes: [.slice([SliceRange(axis: 1, start: -1, end: .max)]), .squeeze(axes: [1])]),
    OperatorCase(
      "Gather of a list", [.node("Gather", "x i", "y", [.int("axis", 1)])], [.ints("i", [2, 0])],
      becomes: [
        .slice([SliceRange(axis: 1, start: 2, end: 3)]), .slice([SliceRange(axis: 1, start: 0, end: 1)]),
        .concatenation(axis: 1),
      ]),
    OperatorCase(
      "Pad", [.node("Pad", "x p v", "y")], [.ints("p", [0, 0, 1, 2, 0, 0, 3, -1]), .floats("v", [], [7])],
      becomes: [.pad(.init(before: [0, 0, 1, 2], after: [0, 0, 3, -1], value: 7))]),
    OperatorCase(
      "Pad of some axes", opset: 18, [.node("Pad", "x p _ a", "y")], [.ints("p", [1, 2]), .ints("a", [-2])],
      becomes: [.pad(.init(before: [0, 0, 1, 0], after: [0, 0, 2, 0]))]),
    OperatorCase(
      "ReduceMean by attribute", [.node("ReduceMean", "x", "y", [.ints("axes", [-1, -2]), .int("keepdims", 0)])],
      becomes: [.mean(axes: [2, 3], keepsDimensions: false)]),
    OperatorCase(
      "ReduceMean by input", opset: 18, [.node("ReduceMean", "x a", "y")], [.ints("a", [2, 3])],
      becomes: [.mean(axes: [2, 3], keepsDimensions: true)]),
    OperatorCase("Flatten", [.node("Flatten", "x", "y", [.int("axis", -3)])], becomes: [.flatten(axis: 1)]),
    OperatorCase(
      "Transpose", [.node("Transpose", "x", "y")], becomes: [.transpose(permutation: [3, 2, 1, 0])]),
    OperatorCase(
      "Squeeze by attribute", opset: 11, input: ["N", 4, 1, 1], [.node("Squeeze", "x", "y", [.ints("axes", [-1, 2])])],
      becomes: [.squeeze(axes: [2, 3])]),
    OperatorCase(
      "Squeeze of whatever has extent 1", input: ["N", 4, 1, 1], [.node("Squeeze", "x", "y")],
      becomes: [.squeeze(axes: [2, 3])]),
    OperatorCase(
      "Unsqueeze by input", opset: 13, [.node("Unsqueeze", "x a", "y")], [.ints("a", [-1])],
      becomes: [.unsqueeze(axes: [4])]),
  ]

  /// The targets of Reshape, as numbers and as exporters compute them.
  static let shapes: [OperatorCase] = [
    OperatorCase(
      "Reshape to numbers", [.node("Reshape", "x s", "y")], [.ints("s", [0, 2, 2, -1])],
      becomes: [.reshape([.copy(axis: 0), .fixed(2), .fixed(2), .inferred])]),
    OperatorCase(
      "Reshape to extents of the input", input: ["N", 4, "H", "W"],
      [
        .node("Shape", "x", "s"), .node("Gather", "s n", "b"), .node("Gather", "s w", "v"),
        .node("Unsqueeze", "b zero", "b1"), .node("Unsqueeze", "v zero", "v1"),
        .node("Concat", "b1 four v1 rest", "t", [.int("axis", 0)]),
        .node("Reshape", "x t", "y"),
      ], [.int("n", 0), .int("w", 3), .ints("zero", [0]), .ints("four", [4]), .ints("rest", [-1])],
      becomes: [.reshape([.copy(axis: 0), .fixed(4), .copy(axis: 3), .inferred])]),
    OperatorCase(
      "Reshape to a computed product", input: ["N", 4, "H", "W"],
      [
        .node("Shape", "x", "s", [.int("end", 2)]), .node("Shape", "x", "e", [.int("start", 2)]),
        .node("ReduceProd", "e", "p"), .node("Concat", "s p", "t", [.int("axis", 0)]), .node("Reshape", "x t", "y"),
      ], becomes: [.reshape([.copy(axis: 0), .fixed(4), .inferred])]),
    OperatorCase(
      "Pad by a border that is clipped at zero",
      [
        .node("Clip", "p zero", "q"), .node("Pad", "x q", "y"),
      ], [.ints("p", [0, 0, 1, -4, 0, 0, 2, -1]), .int("zero", 0)],
      becomes: [.pad(.init(before: [0, 0, 1, 0], after: [0, 0, 2, 0]))]),
    OperatorCase(
      "Pad by PyTorch's chain", opset: 11,
      [
        .node("Concat", "p z", "l", [.int("axis", 0)]), .node("Reshape", "l pairs", "m"),
        .node("Slice", "m s e a t", "n"),
        .node("Transpose", "n", "o", [.ints("perm", [1, 0])]), .node("Reshape", "o flat", "q"),
        .node("Cast", "q", "r", [.int("to", 7)]), .node("Pad", "x r", "y"),
      ],
      [
        .ints("p", [1, 2, 3, 4]), .ints("z", [0, 0, 0, 0]), .ints("pairs", [-1, 2]), .ints("s", [-1]),
        .ints("e", [-9_223_372_036_854_775_807]), .ints("a", [0]), .ints("t", [-1]), .ints("flat", [-1]),
      ], becomes: [.pad(.init(before: [0, 0, 3, 1], after: [0, 0, 4, 2]))]),
  ]
}
