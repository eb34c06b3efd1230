import NeuralNet
import TestSupport
import Testing

/// What exporters write in several nodes is one function to the engine, and the sums it fuses overwrite nothing needed.
@Suite struct FusionTests {
  private let x = Tensor(shape: [2, 8, 5, 5], scalars: (0..<400).map { Float(($0 * 37) % 101) / 20 - 2.5 })

  private func run(_ nodes: [Node], _ parameters: [String: Tensor] = [:], outputs: [String] = ["y"]) throws -> [Tensor]
  {
    let graph = Graph(
      name: "fusion", inputs: [.init(name: "x", shape: [.free("N"), .fixed(8), .free("H"), .free("W")])],
      nodes: nodes, outputs: outputs, parameters: parameters)
    return try InferenceWorker(try InferencePlan(graph)).run(x)
  }

  private func expect(_ result: Tensor, _ function: (Float) -> Float) {
    let expected = Tensor(shape: x.shape, scalars: x.scalars.map(function))
    #expect(result.relativeError(to: expected) < 1e-5)
  }

  private let constants = [
    "3": Tensor(3), "6": Tensor(6), "1": Tensor(1), "½": Tensor(0.5), "√2": Tensor(shape: [1], scalars: [1.4142135]),
  ]
  private func hardSwish(_ value: Float) -> Float { value * min(max(value + 3, 0), 6) / 6 }

  @Test func `hard swish by clipping, divided at the end`() throws {
    let result = try run(
      [
        Node(.binary(.add), ["x", "3"], "a"), Node(.activation(.clip(lower: 0, upper: 6)), ["a"], "b"),
        Node(.binary(.multiply), ["b", "x"], "c"), Node(.binary(.divide), ["c", "6"], "y"),
      ], constants)[0]
    expect(result, hardSwish)
  }

  @Test func `hard swish by clipping, divided before the product`() throws {
    let result = try run(
      [
        Node(.binary(.add), ["3", "x"], "a"), Node(.activation(.clip(lower: 0, upper: 6)), ["a"], "b"),
        Node(.binary(.divide), ["b", "6"], "c"), Node(.binary(.multiply), ["x", "c"], "y"),
      ], constants)[0]
    expect(result, hardSwish)
  }

  @Test func `a clip that others read as well stays a value of its own`() throws {
    let results = try run(
      [
        Node(.binary(.add), ["3", "x"], "a"), Node(.activation(.clip(lower: 0, upper: 6)), ["a"], "b"),
        Node(.binary(.divide), ["b", "6"], "c"), Node(.binary(.multiply), ["x", "c"], "y"),
      ], constants, outputs: ["y", "b"])
    expect(results[0], hardSwish)
    expect(results[1]) { min(max($0 + 3, 0), 6) }
  }

  @Test func `six divided by a clip is no hard swish`() throws {
    let result = try run(
      [
        Node(.binary(.add), ["3", "x"], "a"), Node(.activation(.clip(lower: 0.5, upper: 6)), ["a"], "b"),
        Node(.binary(.divide), ["6", "b"], "c"), Node(.binary(.multiply), ["x", "c"], "y"),
      ], constants)[0]
    expect(result) { $0 * 6 / min(max($0 + 3, 0.5), 6) }
  }

  @Test(arguments: [0, 1]) func `Gelu by the error function, in either order`(_ order: Int) throws {
    let tail =
      order == 0
      ? [Node(.binary(.multiply), ["x", "c"], "d"), Node(.binary(.multiply), ["d", "½"], "y")]
      : [Node(.binary(.multiply), ["x", "½"], "d"), Node(.binary(.multiply), ["d", "c"], "y")]
    let result = try run(
      [
        Node(.binary(.divide), ["x", "√2"], "a"), Node(.activation(.erf), ["a"], "b"),
        Node(.binary(.add), ["b", "1"], "c"),
      ] + tail, constants)[0]
    let whole = try run([Node(.activation(.gelu(tanhApproximation: false)), ["x"], "y")])[0]
    #expect(result.relativeError(to: whole) < 1e-5)
  }

  /// 1×1 convolutions whose weights only scale, so that what comes out is plain arithmetic.
  private func scaling(_ factor: Float, _ input: String, _ output: String) -> (Node, [String: Tensor]) {
    var weight = Tensor(shape: [8, 8, 1, 1], repeating: 0)
    weight.withUnsafeMutableScalars { scalars in for channel in 0..<8 { scalars[channel * 9] = factor } }
    return (Node(.convolution(.init()), [input, "w\(output)"], output), ["w\(output)": weight])
  }

  @Test func `a sum with the convolution's own input`() throws {
    let (node, weights) = scaling(2, "x", "a")
    expect(try run([node, Node(.binary(.add), ["a", "x"], "y")], weights)[0]) { 3 * $0 }
  }

  @Test func `a residual that is read again after the sum is not overwritten`() throws {
    let (first, w1) = scaling(2, "x", "a")
    let (second, w2) = scaling(3, "a", "b")
    let (third, w3) = scaling(5, "a", "c")
    let result = try run(
      [
        first, second, Node(.binary(.add), ["b", "a"], "s"), third, Node(.binary(.multiply), ["s", "c"], "y"),
      ], w1.merging(w2) { $1 }.merging(w3) { $1 })[0]
    // s = 8x, c = 10x
    expect(result) { 80 * $0 * $0 }
  }

  @Test func `a sum of two convolutions, then an activation, and the sum itself is wanted too`() throws {
    let (first, w1) = scaling(2, "x", "a")
    let (second, w2) = scaling(-3, "x", "b")
    let nodes = [first, second, Node(.binary(.add), ["a", "b"], "s"), Node(.activation(.relu), ["s"], "y")]
    let results = try run(nodes, w1.merging(w2) { $1 }, outputs: ["y", "s", "a"])
    expect(results[0]) { max(-$0, 0) }
    expect(results[1]) { -$0 }
    expect(results[2]) { 2 * $0 }
  }

  @Test func `a value is added to itself`() throws {
    let (node, weights) = scaling(2, "x", "a")
    expect(try run([node, Node(.binary(.add), ["a", "a"], "y")], weights)[0]) { 4 * $0 }
  }

  @Test func `a view of a value keeps it from being overwritten`() throws {
    let (node, weights) = scaling(2, "x", "a")
    let results = try run(
      [
        node, Node(.reshape([.copy(axis: 0), .fixed(8), .inferred, .fixed(1)]), ["a"], "r"),
        Node(.activation(.relu), ["a"], "y"),
      ], weights, outputs: ["y", "r"])
    expect(results[0]) { max(2 * $0, 0) }
    expect(results[1].reshaped(to: x.shape)) { 2 * $0 }
  }

  @Test func `an output that is the input, and one that is a weight`() throws {
    let results = try run(
      [Node(.identity, ["x"], "y")], ["w": Tensor(shape: [2], scalars: [1, 2])], outputs: ["y", "x", "w"])
    expect(results[0]) { $0 }
    expect(results[1]) { $0 }
    #expect(results[2] == Tensor(shape: [2], scalars: [1, 2]))
  }
}
