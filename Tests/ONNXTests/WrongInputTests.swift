import Foundation
import NeuralNet
import SwiftProtobuf
import Testing

@testable import ONNX

/// A model that is wrong in one way, and what the error says.
struct WrongCase: CustomTestStringConvertible, Sendable {
  var name: String
  var model: Onnx_ModelProto
  var kind: ONNXError.Kind?
  var node: String?
  var operatorName: String?

  var testDescription: String { name }

  init(
    _ name: String, opset: Int = 17, input: [Onnx_TensorShapeProto.Dimension] = ["N", 4, 8, 8],
    _ nodes: [Onnx_NodeProto], _ initializers: [Onnx_TensorProto] = [], kind: ONNXError.Kind? = nil,
    at node: String? = nil, _ operatorName: String? = nil, change: (inout Onnx_ModelProto) -> Void = { _ in }
  ) {
    self.name = name
    model = TestModel(opset: opset, input: input, nodes: nodes, initializers: initializers).proto
    change(&model)
    self.kind = kind
    self.node = node
    self.operatorName = operatorName
  }
}

@Suite struct WrongInputTests {
  @Test(arguments: wholes + graphs + weights + operators)
  func `an error names file, node and operator`(_ wrong: WrongCase) throws {
    let bytes: [UInt8] = try wrong.model.serializedBytes()
    let error = #expect(throws: ONNXError.self) { try ONNXFile.decode(bytes, name: "wrong.onnx") }
    #expect(error?.file == "wrong.onnx")
    #expect(error?.node == wrong.node)
    #expect(error?.operatorName == wrong.operatorName)
    if let kind = wrong.kind { #expect(error?.kind == kind) }
    let text = try #require(error?.description)
    #expect(text.hasPrefix("wrong.onnx: "))
    if let node = wrong.node { #expect(text.contains("node '\(node)' (\(try #require(wrong.operatorName)))")) }
  }

  @Test func `a file that is cut off anywhere is refused, or has lost nothing that it says`() throws {
    let model = TestModel(
      nodes: [.node("Conv", "x w", "c"), .node("Relu", "c", "y")], initializers: [.floats("w", [2, 3, 3, 3])])
    let bytes = try model.bytes
    let whole = try model.graph()
    for length in 0..<bytes.count {
      let read = try? ONNXFile.decode(Array(bytes[..<length]), name: "cut.onnx")
      #expect(read == nil || read == whole, "cut to \(length) of \(bytes.count) bytes")
    }
  }

  @Test(arguments: [
    [], Array("{\"model\": \"resnet\"}\n".utf8), Array(repeating: 0, count: 100),
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13], Array(repeating: 0xff, count: 64),
  ])
  func `bytes that are no model are called so`(_ bytes: [UInt8]) {
    let error = #expect(throws: ONNXError.self) { try ONNXFile.decode(bytes, name: "no.onnx") }
    guard case .notONNX = error?.kind else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["/nonexistent/model.onnx", "/tmp", "/dev/null"])
  func `a path that is no readable file is named`(_ path: String) {
    let error = #expect(throws: ONNXError.self) { try ONNXFile.read(path: path) }
    #expect(error?.description.hasPrefix("\(path): ") == true)
    guard case .inaccessible = error?.kind else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  static let relu = Onnx_NodeProto.node("Relu", "x", "y")

  static let wholes: [WrongCase] = [
    WrongCase("opset 10", opset: 10, [relu], kind: .opset(10)),
    WrongCase("opset 22", opset: 22, [relu], kind: .opset(22)),
    WrongCase("no opset", [relu], kind: .notONNX("it names no version of ONNX's operators")) { $0.opsetImport = [] },
    WrongCase("no graph", [relu], kind: .notONNX("it has no graph")) { $0.clearGraph() },
    WrongCase("no outputs", [relu]) { $0.graph.output = [] },
    WrongCase("an output that nothing computes", [relu], kind: .graph(.unknownValue("z"))) {
      $0.graph.output[0].name = "z"
    },
    WrongCase("an integer input", [relu], kind: .unsupported("input 'x' has the type int64, not float")) {
      $0.graph.input[0].type.tensorType.elemType = 7
    },
    WrongCase("an input without a shape", [relu]) { $0.graph.input[0].type.tensorType.clearShape() },
    WrongCase("an input of no extent", input: ["N", 0], [relu]),
    WrongCase("an input of a negative extent", input: ["N", -3], [relu]),
    WrongCase("a sparse initialiser", [relu]) { $0.graph.sparseInitializer = [Onnx_SparseTensorProto()] },
  ]

  static let graphs: [WrongCase] = [
    WrongCase(
      "a cycle", [.node("Add", "x b", "a"), .node("Relu", "a", "b"), .node("Relu", "b", "y")],
      kind: .graph(.cycle(["a", "b", "y"]))),
    WrongCase(
      "a missing weight", [.node("Conv", "x w", "y")], kind: .graph(.unknownValue("w")), at: "y", "Conv"),
    WrongCase("a value that is computed twice", [relu, relu], kind: .graph(.duplicateValue("y")), at: "y", "Relu"),
    WrongCase(
      "two initialisers of one name", [relu], [.floats("w", [1]), .floats("w", [1])],
      kind: .graph(.duplicateValue("w"))),
    WrongCase(
      "channels that do not fit", [.node("Conv", "x w", "y")], [.floats("w", [2, 3, 3, 3])],
      kind: .graph(.shape("weight [2, 3, 3, 3] wants 3 input channels, not 4")), at: "y", "Conv"),
    WrongCase(
      "shapes that do not broadcast", [.node("Add", "x w", "y")], [.floats("w", [3])], at: "y", "Add"),
  ]

  static let weights: [WrongCase] = [
    WrongCase(
      "a weight that is not a number", input: ["N", 2], [.node("Mul", "x w", "y")], [.floats("w", [2], [1, .nan])],
      kind: .graph(.notFinite(parameter: "w", index: 1))),
    WrongCase(
      "a claim of 3 GB", [.node("Mul", "x w", "y")],
      [.floats("w", [1], [1])],
      kind: .malformed("tensor 'w' of shape [805306368] wants 3221225472 bytes, but has 4")
    ) { $0.graph.initializer[0].dims = [805_306_368] },
    WrongCase("a claim that overflows", [.node("Mul", "x w", "y")], [.floats("w", [1], [1])]) {
      $0.graph.initializer[0].dims = [.max, .max]
    },
    WrongCase("a negative extent", [.node("Mul", "x w", "y")], [.floats("w", [1], [1])]) {
      $0.graph.initializer[0].dims = [-1, -1]
    },
    WrongCase(
      "too few values in a typed field", [.node("Mul", "x w", "y")], [.floats("w", [1])],
      kind: .malformed("tensor 'w' of shape [3] wants 3 values, but has 2")
    ) {
      $0.graph.initializer[0].clearRawData()
      $0.graph.initializer[0].dims = [3]
      $0.graph.initializer[0].floatData = [1, 2]
    },
    WrongCase(
      "external data", [.node("Mul", "x w", "y")], [.floats("w", [1])],
      kind: .unsupported("tensor 'w' is in an external file; save the model with its weights inside")
    ) { $0.graph.initializer[0].dataLocation = .external },
    WrongCase("weights of strings", [relu], [.raw("w", [1], .string, [UInt8(0)])]),
    WrongCase(
      "integers where weights are wanted", [.node("Mul", "x w", "y")], [.ints("w", [1])],
      kind: .malformed("'w' holds integers where floating-point values are wanted"), at: "y", "Mul"),
  ]

  static let operators: [WrongCase] = [
    WrongCase(
      "an unknown operator", [.node("Einsum", "x", "y")], kind: .unknownOperator(domain: ""), at: "y", "Einsum"),
    WrongCase(
      "a quantised operator", [.node("QLinearConv", "x", "y")], kind: .unknownOperator(domain: ""), at: "y",
      "QLinearConv"),
    WrongCase(
      "another domain", [relu], kind: .unknownOperator(domain: "com.microsoft"), at: "y", "Relu"
    ) { $0.graph.node[0].domain = "com.microsoft" },
    WrongCase("an operator newer than the opset", opset: 13, [.node("HardSwish", "x", "y")], at: "y", "HardSwish"),
    WrongCase(
      "an unknown attribute", [.node("Relu", "x", "y", [.int("leaky", 1)])],
      kind: .unsupported("the attribute 'leaky' of this operator"), at: "y", "Relu"),
    WrongCase(
      "an attribute of a wrong type", [.node("Softmax", "x", "y", [.float("axis", 1)])],
      kind: .malformed("attribute 'axis' has the type float, not int"), at: "y", "Softmax"),
    WrongCase(
      "an axis outside", [.node("Softmax", "x", "y", [.int("axis", 4)])],
      kind: .malformed("axis 4 is outside of 4 axes"), at: "y", "Softmax"),
    WrongCase("too few inputs", [.node("Conv", "x", "y")], at: "y", "Conv"),
    WrongCase(
      "kernel_shape against the weight", [.node("Conv", "x w", "y", [.ints("kernel_shape", [5, 5])])],
      [.floats("w", [2, 4, 3, 3])], at: "y", "Conv"),
    WrongCase(
      "a convolution in one dimension", input: ["N", 4, 8], [.node("Conv", "x w", "y")], [.floats("w", [2, 4, 3])],
      at: "y", "Conv"),
    WrongCase(
      "Softmax of several axes together at a free height and width", opset: 12, input: ["N", 4, "H", "W"],
      [.node("Softmax", "x", "y")],
      kind: .unsupported(
        "Softmax of axes 1 to 3 taken together (opset 12 and earlier) at several free extents; export with opset 13 or "
          + "later"), at: "y", "Softmax"),
    WrongCase(
      "batch normalisation in training mode",
      [.node("BatchNormalization", "x w w w w", "y", [.int("training_mode", 1)])], [.floats("w", [4])], at: "y",
      "BatchNormalization"),
    WrongCase(
      "dropout in training mode", [.node("Dropout", "x r t", "y")],
      [.floats("r", [], [0.5]), .raw("t", [], .bool, [UInt8(1)])], at: "y", "Dropout"),
    WrongCase(
      "the indices of a pooling", [.node("MaxPool", "x", "y i", [.ints("kernel_shape", [2, 2])])], at: "y", "MaxPool"),
    WrongCase(
      "a reflecting border", [.node("Pad", "x p", "y", [.string("mode", "reflect")])],
      [.ints("p", [0, 0, 1, 1, 0, 0, 1, 1])], at: "y", "Pad"),
    WrongCase(
      "a giant border", [.node("Pad", "x p", "y")],
      [.ints("p", [0, 0, .max, 1, 0, 0, .max, 1])], at: "y", "Pad"),
    WrongCase(
      "a giant array from a few bytes", [.node("ConstantOfShape", "s", "c"), .node("Mul", "x c", "y")],
      [.ints("s", [1 << 20, 1 << 10])], at: "c", "ConstantOfShape"),
    WrongCase(
      "parts that do not add up", [.node("Split", "x s", "y z", [.int("axis", 1)])], [.ints("s", [.max, .max])],
      at: "y", "Split"),
    WrongCase(
      "a border up to the next multiple of 32", input: ["N", 4, "H", "W"],
      [
        .node("Shape", "x", "s", [.int("start", 2)]), .node("Mod", "s m", "r"), .node("Sub", "m r", "d"),
        .node("Mod", "d m", "b"), .node("Concat", "z z b", "p", [.int("axis", 0)]), .node("Pad", "x p", "y"),
      ], [.ints("m", [32]), .ints("z", [0, 0, 0])], at: "y", "Pad"),
  ]
}
