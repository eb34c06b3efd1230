import NeuralNet
import Testing

/// Graphs that no exporter writes, which must be computed or refused like any other.
@Suite struct UnusualGraphTests {
  private func graph(
    _ shape: [Dimension], _ nodes: [Node], _ parameters: [String: Tensor] = [:]
  ) -> Graph {
    Graph(
      name: "unusual", inputs: [.init(name: "x", shape: shape)], nodes: nodes, outputs: ["y"], parameters: parameters)
  }

  private func run(_ graph: Graph, _ input: Tensor) throws -> Tensor {
    try InferenceWorker(try InferencePlan(graph)).run(input)[0]
  }

  @Test(arguments: [Int.max, .max / 2, .min, -7])
  func `a step may be larger than the axis`(_ step: Int) throws {
    let range = SliceRange(axis: 0, start: 1, end: step > 0 ? .max : .min, step: step)
    let graph = graph([.fixed(3), .fixed(2)], [Node(.slice([range]), ["x"], "y")])
    let input = Tensor(shape: [3, 2], scalars: [1, 2, 3, 4, 5, 6])
    #expect(try run(graph, input) == Tensor(shape: [1, 2], scalars: [3, 4]))
  }

  @Test func `a constant of one value adds its axes to what it is added to`() throws {
    let graph = graph(
      [.free("N"), .fixed(2)],
      [
        Node(.gemm(.init()), ["x", "w"], "product"), Node(.binary(.add), ["product", "one"], "sum"),
        Node(.mean(axes: [2], keepsDimensions: false), ["sum"], "y"),
      ],
      ["w": Tensor(shape: [2, 2], scalars: [1, 0, 0, 1]), "one": Tensor(shape: [1, 1, 1], scalars: [1])])
    let result = try run(graph, Tensor(shape: [2, 2], scalars: [1, 3, 5, 7]))
    #expect(result == Tensor(shape: [1, 2], scalars: [3, 7]))
  }

  @Test func `statistics of another number of channels are refused`() throws {
    let graph = graph(
      [.free("N"), .fixed(1), .fixed(1), .fixed(1)],
      [
        Node(.convolution(.init()), ["x", "w"], "c"),
        Node(.batchNormalization(.init()), ["c", "s", "s", "s", "s"], "y"),
      ], ["w": Tensor(shape: [4, 1, 1, 1], repeating: 1), "s": Tensor(shape: [3], repeating: 1)])
    let plan = try InferencePlan(graph)
    let error = #expect(throws: GraphError.self) { try plan.prepare(["x": [1, 1, 1, 1]]) }
    #expect(error?.node == "y")
  }

  @Test func `a border too wide to count is refused`() throws {
    let graph = graph(
      [.free("N"), .fixed(1), .free("H"), .free("W")],
      [
        Node(.pad(.init(before: [0, 0, .max, 0], after: [0, 0, 0, 0])), ["x"], "p"),
        Node(.convolution(.init(padding: .all(1))), ["p", "w"], "y"),
      ], ["w": Tensor(shape: [1, 1, 3, 3], repeating: 1)])
    let plan = try InferencePlan(graph)
    let error = #expect(throws: GraphError.self) { try plan.prepare(["x": [1, 1, 4, 4]]) }
    #expect(error?.node == "p")
  }
}
