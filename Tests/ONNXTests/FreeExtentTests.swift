import NeuralNet
import Testing

@testable import ONNX

/// Which extents of the input stay free, whatever the exporter wrote.
@Suite struct FreeExtentTests {
  private static let shuffle: [Onnx_NodeProto] = [
    .node("Reshape", "x s", "r"), .node("Transpose", "r", "t", [.ints("perm", [0, 2, 1, 3, 4])]),
    .node("Reshape", "t q", "y"),
  ]
  private static let targets: [Onnx_TensorProto] = [.ints("s", [1, 2, 2, 8, 8]), .ints("q", [1, 4, 8, 8])]

  @Test func `a batch of one is freed, and what is reshaped to one copies the batch`() throws {
    let graph = try TestModel(input: [1, 4, 8, 8], nodes: Self.shuffle, initializers: Self.targets).graph()
    #expect(graph.inputs[0].shape == [.free("N"), .fixed(4), .fixed(8), .fixed(8)])
    #expect(graph.nodes[2].operation == .reshape([.copy(axis: 0), .fixed(4), .fixed(8), .fixed(8)]))
    #expect(try graph.shapes(of: ["x": [5, 4, 8, 8]])["y"] == [5, 4, 8, 8])
  }

  private static let mixing: [[Onnx_NodeProto]] = [
    // The whole batch is averaged.
    [.node("ReduceMean", "x", "y", [.ints("axes", [0]), .int("keepdims", 1)])],
    // Images become channels.
    [.node("Transpose", "x", "y", [.ints("perm", [1, 0, 2, 3])])],
    // An image's mean, one axis shorter, would meet another image's rows.
    [.node("ReduceMean", "x", "m", [.ints("axes", [1]), .int("keepdims", 0)]), .node("Add", "x m", "y")],
    [.node("Flatten", "x", "y", [.int("axis", 0)])],
  ]

  @Test(arguments: mixing)
  func `a batch of one stays where images would meet`(_ nodes: [Onnx_NodeProto]) throws {
    let graph = try TestModel(input: [1, 4, 8, 8], nodes: nodes).graph()
    #expect(graph.inputs[0].shape[0] == .fixed(1))
  }

  @Test func `a batch that is declared free but reshaped to one is freed as well`() throws {
    let graph = try TestModel(input: ["batch", 4, 8, 8], nodes: Self.shuffle, initializers: Self.targets).graph()
    #expect(graph.inputs[0].shape[0] == .free("N"))
  }

  @Test func `height and width stay free in a network that pools at its end`() throws {
    let graph = try TestModel(
      input: ["N", 3, "H", "W"],
      nodes: [
        .node("Conv", "x w", "c"), .node("GlobalAveragePool", "c", "g"), .node("Flatten", "g", "f"),
        .node("Gemm", "f m", "y"),
      ], initializers: [.floats("w", [5, 3, 3, 3]), .floats("m", [5, 2])]
    ).graph()
    #expect(graph.inputs[0].shape == [.free("N"), .fixed(3), .free("H"), .free("W")])
  }

  @Test func `height and width are fixed to the size that a classifier without pooling demands`() throws {
    let graph = try TestModel(
      input: ["N", 3, "H", "W"], nodes: [.node("Flatten", "x", "f"), .node("Gemm", "f m", "y")],
      initializers: [.floats("m", [3 * 32 * 32, 2])]
    ).graph()
    #expect(graph.inputs[0].shape == [.free("N"), .fixed(3), .fixed(32), .fixed(32)])
  }

  @Test func `nodes out of order are put in order`() throws {
    let graph = try TestModel(nodes: [.node("Relu", "a", "y"), .node("Tanh", "x", "a")]).graph()
    #expect(graph.nodes.map(\.name) == ["a", "y"])
  }

  @Test func `a reshape that moves an extent is written with the shape it is taken from`() throws {
    let graph = Graph(
      name: "g", inputs: [.init(name: "x", shape: [.free("N"), .fixed(4), .free("H"), .free("W")])],
      nodes: [Node(.reshape([.copy(axis: 3), .copy(axis: 1), .inferred]), ["x"], "y")], outputs: ["y"])
    #expect(try ONNXFile.decode(try ONNXFile.encode(graph), name: "g") == graph)
  }
}
