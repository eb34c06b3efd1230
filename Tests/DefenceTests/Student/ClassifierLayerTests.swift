@testable import Defence
import NeuralNet
import Testing

/// Networks of features [N,4] and a last layer of 3 classes.
@Suite struct ClassifierLayerTests {
  private func graph(_ nodes: [Node], outputs: [String] = ["y"]) -> Graph {
    Graph(
      name: "net.onnx",
      inputs: [
        .init(name: "x", shape: [.free("N"), .fixed(4)]), .init(name: "other", shape: [.free("N"), .fixed(3)]),
      ],
      nodes: [Node(.activation(.relu), ["x"], "f")] + nodes, outputs: outputs,
      parameters: [
        "w": Tensor(shape: [4, 3], repeating: 1), "wT": Tensor(shape: [3, 4], repeating: 1),
        "b": Tensor(shape: [3], repeating: 0), "k": Tensor(shape: [3, 4, 1, 1], repeating: 1),
      ])
  }

  /// What a layer may look like; its logits are `y` in each.
  static let layers: [(name: String, nodes: [Node])] = [
    ("gemm", [Node(.gemm(.init()), ["f", "w", "b"], "y")]),
    ("gemm, its weight transposed", [Node(.gemm(.init(transposesB: true)), ["f", "wT", "b"], "y")]),
    ("gemm without a bias", [Node(.gemm(.init()), ["f", "w"], "y")]),
    ("product", [Node(.matrixMultiplication, ["f", "w"], "y")]),
    ("product and bias", [Node(.matrixMultiplication, ["f", "w"], "p"), Node(.binary(.add), ["p", "b"], "y")]),
    ("bias and product", [Node(.matrixMultiplication, ["f", "w"], "p"), Node(.binary(.add), ["b", "p"], "y")]),
  ]

  @Test(arguments: layers.indices) func `the last layer is found`(_ index: Int) throws {
    let layer = try ClassifierLayer(of: graph(Self.layers[index].nodes))
    #expect(layer.features == "f")
    #expect(layer.logits == "y")
    #expect(layer.classes == 3)
    #expect(layer.featureCount == 4)
  }

  @Test(arguments: layers.indices) func `what only changes the shape or normalises may stand behind it`(
    _ index: Int
  ) throws {
    let network = graph(
      Self.layers[index].nodes + [
        Node(.dropout(ratio: 0.5), ["y"], "d"), Node(.identity, ["d"], "i"), Node(.softmax(axis: 1), ["i"], "p1"),
        Node(.flatten(axis: 1), ["p1"], "p2"),
      ], outputs: ["p2"])
    #expect(try ClassifierLayer(of: network).logits == "y")
    let shorter = try network.endingInLogits()
    #expect(shorter.outputs == ["y"])
    #expect(shorter.nodes.last?.outputs == ["y"])
  }

  static let unsupported: [(nodes: [Node], outputs: [String], complaint: String)] = [
    ([Node(.activation(.sigmoid), ["f"], "y")], ["y"], "its last layer is 'y', and a classifier is wanted"),
    ([Node(.convolution(.init()), ["f", "k"], "y")], ["y"], "export the Teacher with a fully connected last layer"),
    (
      [Node(.gemm(.init()), ["f", "w"], "y"), Node(.gemm(.init()), ["f", "w"], "z")], ["y", "z"], "it has 2 outputs"
    ),
    ([Node(.matrixMultiplication, ["f", "other"], "y")], ["y"], "its last product has no constant weight"),
    (
      [
        Node(.matrixMultiplication, ["f", "w"], "p"), Node(.matrixMultiplication, ["f", "w"], "q"),
        Node(.binary(.add), ["p", "q"], "y"),
      ], ["y"], "its last layer is a sum"
    ),
    ([Node(.activation(.relu), ["f"], "p"), Node(.binary(.add), ["p", "b"], "y")], ["y"], "its last layer is a sum"),
    ([], ["x"], "it has no layer that tells classes apart"),
    ([Node(.softmax(axis: 1), ["x"], "y")], ["y"], "it has no layer that tells classes apart"),
  ]

  @Test(arguments: unsupported.indices) func `an end of another kind is named`(_ index: Int) {
    let (nodes, outputs, complaint) = Self.unsupported[index]
    let error = #expect(throws: DefenceError.self) { try ClassifierLayer(of: graph(nodes, outputs: outputs)) }
    #expect(error?.description.hasPrefix("net.onnx: ") == true, "\(error?.description ?? "")")
    #expect(error?.description.contains(complaint) == true, "\(error?.description ?? "")")
  }

  @Test func `a new head reads the same features and has the classes that are wanted`() throws {
    let network = graph(
      [Node(.gemm(.init()), ["f", "w", "b"], "y"), Node(.softmax(axis: 1), ["y"], "p")], outputs: ["p"])
    let headed = try network.withNewHead(classes: 7, seed: 1)
    #expect(headed.outputs == ["logits"])
    #expect(headed.nodes.map(\.name) == ["f", "logits"])
    #expect(headed.inputs.map(\.name) == ["x"])
    #expect(headed.parameters.keys.sorted() == ["classifier.bias", "classifier.weight"])
    #expect(headed.parameters["classifier.bias"] == Tensor(shape: [7], repeating: 0))
    let weight = try #require(headed.parameters["classifier.weight"])
    #expect(weight.shape == [7, 4])
    // Uniform with variance 1/4.
    #expect(weight.scalars.allSatisfy { $0.magnitude <= Float(0.75).squareRoot() })
    #expect(Set(weight.scalars).count == 28)
    #expect(try headed.shapes(of: ["x": [5, 4]])["logits"] == [5, 7])
  }

  @Test func `a new head's weights follow from the seed`() throws {
    let network = graph([Node(.gemm(.init()), ["f", "w", "b"], "y")])
    #expect(try network.withNewHead(classes: 3, seed: 1) == network.withNewHead(classes: 3, seed: 1))
    #expect(try network.withNewHead(classes: 3, seed: 1) != network.withNewHead(classes: 3, seed: 2))
  }

  @Test func `a new head takes names that are free`() throws {
    var network = graph([Node(.gemm(.init()), ["logits", "w", "classifier.bias"], "y")])
    network.nodes[0] = Node(.binary(.multiply), ["x", "classifier.weight"], "logits")
    network.parameters["classifier.weight"] = Tensor(shape: [4], repeating: 1)
    network.parameters["classifier.bias"] = Tensor(shape: [3], repeating: 1)
    let headed = try network.withNewHead(classes: 2, seed: 1)
    #expect(headed.outputs == ["logits_"])
    // The old head's bias went with it.
    #expect(headed.parameters.keys.sorted() == ["classifier.bias", "classifier.weight", "classifier.weight_"])
    #expect(headed.parameters["classifier.weight"] == network.parameters["classifier.weight"])
    #expect(try headed.shapes(of: ["x": [1, 4]])["logits_"] == [1, 2])
  }
}
