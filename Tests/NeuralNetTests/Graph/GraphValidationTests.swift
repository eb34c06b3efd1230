import NeuralNet
import Testing

@Suite struct GraphValidationTests {
  private func graph(
    _ nodes: Node..., outputs: [String] = [], parameters: [String: Tensor] = [:],
    shape: [Dimension] = [.free("N"), .fixed(4)]
  ) -> Graph {
    Graph(
      name: "g", inputs: [.init(name: "x", shape: shape)], nodes: nodes, outputs: outputs, parameters: parameters)
  }

  private func fault(_ graph: Graph) -> GraphError.Kind? {
    #expect(throws: GraphError.self) { try graph.validate() }?.kind
  }

  @Test func `a sound graph passes`() throws {
    try graph(Node(.identity, ["x"], "y"), Node(.binary(.add), ["y", "x"], "z"), outputs: ["z", "y"]).validate()
  }

  @Test func `a name is defined once`() {
    #expect(fault(graph(Node(.identity, ["x"], "y"), Node(.identity, ["x"], "y"))) == .duplicateValue("y"))
    #expect(fault(graph(Node(.identity, ["x"], "x"))) == .duplicateValue("x"))
    #expect(fault(graph(parameters: ["x": Tensor(1)])) == .duplicateValue("x"))
  }

  @Test func `a value is computed before it is used`() {
    let late = graph(Node(.identity, ["y"], "z"), Node(.identity, ["x"], "y"), outputs: ["z"])
    #expect(fault(late) == .malformed("uses 'y' before it is computed"))
    #expect(throws: Never.self) { try late.sorted().validate() }
    #expect(fault(graph(outputs: ["nothing"])) == .unknownValue("nothing"))
  }

  @Test func `sorting keeps an order that is sound`() throws {
    let sound = graph(
      Node(.identity, ["x"], "a"), Node(.identity, ["a"], "b"), Node(.identity, ["x"], "c"), outputs: ["b", "c"])
    #expect(try sound.sorted() == sound)
  }

  @Test func `a cycle is named`() {
    let cycle = graph(Node(.identity, ["b"], "a"), Node(.identity, ["a"], "b"), Node(.identity, ["x"], "c"))
    let error = #expect(throws: GraphError.self) { try cycle.sorted() }
    #expect(error?.kind == .cycle(["a", "b"]))
    let loop = graph(Node(.identity, ["a"], "a"))
    #expect(throws: GraphError(.cycle(["a"]))) { try loop.sorted() }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `a weight that is not finite is named`(value: Float) {
    let parameters = ["w": Tensor(shape: [3], scalars: [1, 2, value])]
    #expect(fault(graph(parameters: parameters)) == .notFinite(parameter: "w", index: 2))
  }

  @Test(
    arguments: [
      (Node(.convolution(.init()), ["x"], "y"), "has 1 inputs, not 2 to 3"),
      (Node(.batchNormalization(.init()), ["x", "x"], "y"), "has 2 inputs, not 5"),
      (Node(.concatenation(axis: 0), [], "y"), "has 0 inputs, not 1 or more"),
      (Node(.gemm(.init()), ["x", "x", "x", "x"], "y"), "has 4 inputs, not 2 to 3"),
      (Node(.identity, name: "y", inputs: ["x"], outputs: []), "has 0 outputs, not 1"),
      (Node(.split(axis: 0, sizes: [1, 1]), ["x"], "y"), "has 1 outputs, not 2"),
      (Node(.split(axis: 0, sizes: []), name: "y", inputs: ["x"], outputs: []), "has 0 outputs, not 0"),
      (Node(.activation(.leakyRelu(slope: .nan)), ["x"], "y"), "slope nan is not finite"),
      (Node(.activation(.clip(lower: .nan, upper: 6)), ["x"], "y"), "a bound is not a number"),
      (
        Node(.batchNormalization(.init(epsilon: -1)), ["x", "x", "x", "x", "x"], "y"),
        "epsilon -1.0 is negative or not finite"
      ),
      (Node(.dropout(ratio: 1), ["x"], "y"), "ratio 1.0 is not at least 0 and below 1"),
      (Node(.gemm(.init(alpha: .infinity)), ["x", "x"], "y"), "alpha inf or beta 1.0 is not finite"),
    ])
  func `a malformed node is refused`(node: Node, text: String) {
    let error = #expect(throws: GraphError.self) { try graph(node).validate() }
    #expect(error?.kind == .malformed(text))
    #expect(error?.node == "y")
  }

  @Test func `free extents of one name agree`() throws {
    let square = graph(Node(.identity, ["x"], "y"), shape: [.free("N"), .fixed(3), .free("S"), .free("S")])
    #expect(try square.shapes(of: ["x": [2, 3, 5, 5]])["y"] == [2, 3, 5, 5])
    func fault(_ shape: [Int]) -> GraphError.Kind? {
      #expect(throws: GraphError.self) { try square.shapes(of: ["x": shape]) }?.kind
    }
    #expect(fault([2, 3, 5, 6]) == .shape("input 'x': 'S' is 5 and 6 (axis 3)"))
    #expect(fault([2, 4, 5, 5]) == .shape("input 'x' wants extent 3 at axis 1, not 4"))
    #expect(fault([2, 3, 5]) == .shape("input 'x' has 4 axes, not 3"))
    #expect(fault([0, 3, 5, 5]) == .shape("input 'x' has extent 0 at axis 0"))
    #expect(fault([.max, 3, 5, 5]) == .shape("input 'x' of shape [\(Int.max), 3, 5, 5] is too large"))
    #expect(throws: GraphError(.shape("input 'x' is given no shape"))) { try square.shapes(of: [:]) }
  }

  @Test func `an output that is too large is refused before anything is allocated`() {
    let wide = graph(
      Node(.binary(.add), ["x", "w"], "y"), parameters: ["w": Tensor(shape: [4, 1, 1], repeating: 0)],
      shape: [.free("N"), .free("C")])
    let error = #expect(throws: GraphError.self) { try wide.shapes(of: ["x": [1 << 15, 1 << 15]]) }
    #expect(error?.kind == .shape("output of shape [4, 32768, 32768] is too large"))
  }

  @Test func `the input's shape is made of a batch size and an image size`() throws {
    let free = graph(shape: [.free("N"), .fixed(3), .free("H"), .free("W")])
    #expect(try free.inputShape(batch: 7, size: Extent(height: 5, width: 6)) == [7, 3, 5, 6])
    #expect(throws: GraphError(.shape("input 'x' leaves 'H' (axis 2) free: give it a size"))) {
      try free.inputShape(batch: 7)
    }
    let fixed = graph(shape: [.fixed(1), .fixed(3), .fixed(8), .fixed(8)])
    #expect(try fixed.inputShape(batch: 1, size: Extent(4)) == [1, 3, 8, 8])
    #expect(throws: GraphError(.shape("input 'x' has a fixed batch size of 1, not 2"))) {
      try fixed.inputShape(batch: 2)
    }
  }

  @Test func `trimming leaves what the wanted value needs`() throws {
    let whole = graph(
      Node(.binary(.add), ["x", "v"], "a"), Node(.binary(.add), ["a", "w"], "b"), outputs: ["b"],
      parameters: ["v": Tensor(1), "w": Tensor(2)])
    let cut = try whole.trimmed(to: ["a"])
    #expect(cut.nodes.map(\.name) == ["a"])
    #expect(cut.outputs == ["a"])
    #expect(Array(cut.parameters.keys) == ["v"])
    #expect(throws: GraphError(.unknownValue("c"))) { try whole.trimmed(to: ["c"]) }
  }
}
