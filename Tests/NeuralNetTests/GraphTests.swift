import NeuralNet
import Testing

@Suite struct GraphTests {
  @Test func `a value that nothing computes is named`() {
    let graph = Graph(
      name: "g", inputs: [.init(name: "x", shape: [.fixed(1)])], nodes: [Node(.identity, ["z"], "y")], outputs: ["y"])
    let error = #expect(throws: GraphError.self) { try graph.validate() }
    #expect(error?.kind == .unknownValue("z"))
    #expect(error?.node == "y")
  }
}
