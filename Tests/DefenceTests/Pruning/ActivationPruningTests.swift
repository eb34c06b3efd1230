@testable import Defence
import NeuralNet
import TestSupport
import Testing

@Suite struct ActivationPruningTests {
  /// Convolutions of one pixel, where channel `i` of the first answers with `strengths[i]`.
  private static func chain(_ strengths: [Float]) -> Graph {
    let count = strengths.count
    return Graph(
      name: "chain", inputs: [.init(name: "x", shape: [.free("N"), .fixed(1), .free("H"), .free("W")])],
      nodes: [
        Node(.convolution(.init()), ["x", "w"], "c"), Node(.activation(.relu), ["c"], "r"),
        Node(.convolution(.init()), ["r", "v"], "end"),
      ], outputs: ["end"],
      parameters: [
        "w": Tensor(shape: [count, 1, 1, 1], scalars: strengths),
        "v": Tensor(shape: [2, count, 1, 1], scalars: (0..<(2 * count)).map { Float($0) }),
      ])
  }

  private static let image = [Tensor(shape: [1, 1, 2, 2], repeating: 1)]

  @Test func `the channels that answer least go, from the weights of both sides`() throws {
    let graph = Self.chain([5, 1, 4, 2, 3, 6])
    let pruning = ActivationPruning(ratio: 0.5, minimumWidth: 1, multiple: 1)
    let smaller = try pruning.pruned(graph, images: Self.image)
    #expect(smaller.parameters["w"]?.scalars == [5, 4, 6])
    #expect(smaller.parameters["v"]?.scalars == [0, 2, 5, 6, 8, 11])
  }

  @Test func `of channels that answer alike those with the higher numbers stay`() throws {
    let pruning = ActivationPruning(ratio: 0.5, minimumWidth: 1, multiple: 1)
    let smaller = try pruning.pruned(Self.chain([1, 1, 1, 1]), images: Self.image)
    #expect(smaller.parameters["v"]?.scalars == [2, 3, 6, 7])
  }

  @Test func `a layer that never answers is pruned too`() throws {
    let pruning = ActivationPruning(ratio: 0.5, minimumWidth: 1, multiple: 1)
    let smaller = try pruning.pruned(Self.chain([-1, -1, -1, -1]), images: Self.image)
    #expect(smaller.parameters["w"]?.shape == [2, 1, 1, 1])
  }

  /// Channels, ratio, minimum, multiple → width.
  static let widths: [(channels: Int, ratio: Double, minimum: Int, multiple: Int, width: Int)] = [
    (64, 0, 8, 8, 64), (64, 0.5, 8, 8, 32), (64, 0.6, 8, 8, 32), (64, 0.65, 8, 8, 24), (64, 0.99, 8, 8, 8),
    (64, 0.99, 20, 8, 24), (6, 0.9, 8, 8, 6), (8, 0.9, 8, 8, 8), (12, 0.5, 8, 8, 8), (12, 0.1, 8, 8, 12),
    (10, 0.7, 1, 1, 3), (10, 0.75, 1, 1, 3), (10, 0.71, 1, 1, 3), (7, 0.9, 1, 1, 1),
    // 1 − 0.7 is more than 0.3 in binary.
    (80, 0.7, 8, 8, 24), (240, 0.7, 8, 8, 72), (100, 0.7, 1, 1, 30),
  ]

  @Test(arguments: widths.indices) func `widths are rounded up to multiples and never below the minimum`(_ index: Int) {
    let (channels, ratio, minimum, multiple, width) = Self.widths[index]
    let pruning = ActivationPruning(ratio: ratio, minimumWidth: minimum, multiple: multiple)
    #expect(pruning.width(of: channels, ratio: ratio) == width)
  }

  @Test func `a residual sum's layers keep the same channels, of which fewer go`() throws {
    let images = [Tensor(shape: [2, 3, 16, 16], scalars: (0..<1536).map { Float($0 % 7) - 3 })]
    var pruning = ActivationPruning(ratio: 0.5, streamShare: 0.5, minimumWidth: 2, multiple: 1)
    let smaller = try pruning.pruned(TinyNetwork.graph(), images: images)
    // The stream is conv1 and conv3: a quarter of 16 goes; conv2 is inside the block; block2 is behind an activation.
    #expect(smaller.parameters["w1"]?.shape == [12, 3, 3, 3])
    #expect(smaller.parameters["w2"]?.shape == [8, 12, 3, 3])
    #expect(smaller.parameters["w3"]?.shape == [12, 8, 3, 3])
    #expect(smaller.parameters["w4"]?.shape == [12, 12, 3, 3])
    #expect(smaller.parameters["weight"]?.shape == [5, 12])
    #expect(smaller.parameters["variance3"]?.shape == [12])
    #expect(try smaller.shapes(of: ["image": [2, 3, 16, 16]])["logits"] == [2, 5])
    pruning.streamShare = 0
    #expect(try pruning.pruned(TinyNetwork.graph(), images: images).parameters["w1"]?.shape == [16, 3, 3, 3])
  }

  @Test func `channels that a sum ties are judged by their layers' shares together`() throws {
    // Two layers of two channels, added: means 10, 30 and 3, 1, so shares ½, 3/2 and 3/2, ½, alike in sum; the factors
    // decide, which are 1 % in favour of the first channel.
    let graph = Graph(
      name: "sum", inputs: [.init(name: "x", shape: [.free("N"), .fixed(1), .free("H"), .free("W")])],
      nodes: [
        Node(.convolution(.init()), ["x", "a"], "ca"), Node(.convolution(.init()), ["x", "b"], "cb"),
        Node(.binary(.add), ["ca", "cb"], "s"), Node(.convolution(.init()), ["s", "v"], "end"),
      ], outputs: ["end"],
      parameters: [
        "a": Tensor(shape: [2, 1, 1, 1], scalars: [10, 30]), "b": Tensor(shape: [2, 1, 1, 1], scalars: [3.1, 1]),
        "v": Tensor(shape: [1, 2, 1, 1], repeating: 1),
      ])
    let pruning = ActivationPruning(ratio: 0.5, streamShare: 1, minimumWidth: 1, multiple: 1)
    let smaller = try pruning.pruned(graph, images: Self.image)
    #expect(smaller.parameters["a"]?.scalars == [10])
    #expect(smaller.parameters["b"]?.scalars == [3.1])
  }

  @Test func `without a ratio nothing goes`() throws {
    let graph = Self.chain([5, 1, 4, 2])
    #expect(try ActivationPruning(ratio: 0, minimumWidth: 1, multiple: 1).pruned(graph, images: Self.image) == graph)
  }
}
