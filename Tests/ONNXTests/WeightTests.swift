import NeuralNet
import SwiftProtobuf
import TestSupport
import Testing

@testable import ONNX

/// Weights in and out of files, and what is computed from them at import.
@Suite struct WeightTests {
  /// The values 1, −0.5, 2 in every type that weights may have.
  static let stored: [(String, Onnx_TensorProto)] = {
    let values: [Float] = [1, -0.5, 2]
    func typed(_ type: Onnx_TensorProto.DataType, _ fill: (inout Onnx_TensorProto) -> Void) -> Onnx_TensorProto {
      var tensor = Onnx_TensorProto()
      tensor.name = "w"
      tensor.dims = [3]
      tensor.dataType = Int32(type.rawValue)
      fill(&tensor)
      return tensor
    }
    return [
      ("float", .raw("w", [3], .float, values)),
      ("double", .raw("w", [3], .double, values.map { Double($0) })),
      ("float16", .raw("w", [3], .float16, values.map { Float16($0) })),
      ("bfloat16", .raw("w", [3], .bfloat16, values.map { UInt16($0.bitPattern >> 16) })),
      ("a float field", typed(.float) { $0.floatData = values }),
      ("a double field", typed(.double) { $0.doubleData = values.map { Double($0) } }),
      ("a float16 field", typed(.float16) { $0.int32Data = values.map { Int32(Float16($0).bitPattern) } }),
      ("a bfloat16 field", typed(.bfloat16) { $0.int32Data = values.map { Int32($0.bitPattern >> 16) } }),
    ]
  }()

  @Test(arguments: stored)
  func `weights of every type become float32`(_ name: String, _ tensor: Onnx_TensorProto) throws {
    let graph = try TestModel(input: ["N", 3], nodes: [.node("Mul", "x w", "y")], initializers: [tensor]).graph()
    #expect(graph.parameters == ["w": Tensor(shape: [3], scalars: [1, -0.5, 2])])
  }

  @Test func `every float16 bit pattern is converted as the processor does it`() {
    for bits in UInt16.min ... .max {
      let (found, expected) = (HalfPrecision.float(fromHalf: bits), Float(Float16(bitPattern: bits)))
      if expected.isNaN {
        #expect(found.isNaN)
      } else if found.bitPattern != expected.bitPattern {
        Issue.record("\(bits): \(found) instead of \(expected)")
      }
    }
  }

  @Test func `what is computed from weights alone becomes a parameter`() throws {
    let graph = try TestModel(
      input: ["N", 2],
      nodes: [
        .node("Cast", "h", "f", [.int("to", 1)]), .node("Transpose", "f", "t"), .node("Mul", "t s", "m"),
        .node("Identity", "m", "i"), .node("Gemm", "x i", "y"),
      ],
      initializers: [
        .raw("h", [3, 2], .float16, [1, 2, 3, 4, 5, 6].map { Float16($0) }), .floats("s", [2, 1], [10, 1]),
      ]
    ).graph()
    #expect(graph.nodes.count == 1)
    #expect(graph.parameters == ["m": Tensor(shape: [2, 3], scalars: [10, 30, 50, 2, 4, 6])])
  }

  @Test func `an input that is an initialiser too is a parameter`() throws {
    var model = TestModel(nodes: [.node("Mul", "x w", "y")], initializers: [.floats("w", [1], [2])]).proto
    model.graph.input.append(.tensor("w", [1]))
    let graph = try ONNXFile.decode(try model.serializedBytes(), name: "old.onnx")
    #expect(graph.inputs.map(\.name) == ["x"])
    #expect(graph.parameters["w"] == Tensor(shape: [1], scalars: [2]))
  }

  @Test func `weights written as float16 come back rounded, vectors and large values as they were`() throws {
    let graph = Graph(
      name: "g", inputs: [.init(name: "x", shape: [.free("N"), .fixed(2)])],
      nodes: [
        Node(.gemm(.init()), ["x", "w", "b"], "a"), Node(.matrixMultiplication, ["a", "large"], "y"),
      ], outputs: ["y"],
      parameters: [
        "w": Tensor(shape: [2, 2], scalars: [0.1, 1, 2, 3]), "b": Tensor(shape: [2], scalars: [0.1, 0.2]),
        "large": Tensor(shape: [2, 1], scalars: [0.1, 70000]),
      ])
    var expected = graph
    expected.parameters["w"] = Tensor(shape: [2, 2], scalars: [Float(Float16(0.1)), 1, 2, 3])
    #expect(try ONNXFile.decode(try ONNXFile.encode(graph, weights: .float16), name: "g") == expected)
  }

  @Test func `what is written to a file is read from it`() throws {
    let graph = try TestModel(nodes: [.node("Relu", "x", "y")]).graph()
    let folder = try TemporaryFolder()
    try ONNXFile.write(graph, to: folder.path("model.onnx"))
    #expect(try ONNXFile.read(path: folder.path("model.onnx")) == graph)
  }

  @Test func `a graph that is not valid is not written`() {
    let graph = Graph(
      name: "g", inputs: [.init(name: "x", shape: [.fixed(1)])], nodes: [Node(.identity, ["z"], "y")], outputs: ["y"])
    let error = #expect(throws: ONNXError.self) { try ONNXFile.write(graph, to: "/tmp/never.onnx") }
    #expect(error?.kind == .graph(.unknownValue("z")))
    #expect(error?.file == "/tmp/never.onnx")
  }
}
