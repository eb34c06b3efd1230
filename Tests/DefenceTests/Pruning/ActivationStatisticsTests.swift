@testable import Defence
import NeuralNet
import Testing

/// A 1×1 convolution of two channels, x₀ − x₁ and −2 · x₂, whose means are easily worked out.
@Suite struct ActivationStatisticsTests {
  private static func graph(_ behind: [Node], output: String) -> Graph {
    Graph(
      name: "net", inputs: [.init(name: "x", shape: [.free("N"), .fixed(3), .free("H"), .free("W")])],
      nodes: [Node(.convolution(.init()), ["x", "w"], "c")] + behind
        + [Node(.convolution(.init()), [output, "v"], "end")],
      outputs: ["end"],
      parameters: [
        "w": Tensor(shape: [2, 3, 1, 1], scalars: [1, -1, 0, 0, 0, -2]),
        "v": Tensor(shape: [1, 2, 1, 1], repeating: 1),
        "scale": Tensor(shape: [2], scalars: [2, 1]), "shift": Tensor(shape: [2], scalars: [0, 10]),
        "mean": Tensor(shape: [2], scalars: [0, 4]), "variance": Tensor(shape: [2], repeating: 1),
        "bias": Tensor(shape: [1, 2, 1, 1], scalars: [1, 0]),
      ])
  }

  /// An image of 1×2 pixels, then two.
  private static let images = [
    Tensor(shape: [1, 3, 1, 2], scalars: [3, 1, 1, 2, 1, -1]),
    Tensor(shape: [2, 3, 1, 2], scalars: [0, 0, 0, 0, 0, 0, 5, 0, 1, 1, -1, -2]),
  ]
  // The first channel is 2, −1, 0, 0, 4, −1 over the six pixels, the second −2, 2, 0, 0, 2, 4.

  private static func statistics(_ behind: [Node], output: String) throws -> ActivationStatistics {
    let graph = graph(behind, output: output)
    let coupling = try ChannelCoupling(graph, input: ["x": [1, 3, 1, 2]])
    return try ActivationStatistics(graph, layers: ["c"], coupling: coupling, images: images)
  }

  static let cases: [(behind: [Node], output: String, means: [Double], isActivated: Bool)] = [
    // Without an activation function absolute values are taken.
    ([], "c", [8.0 / 6, 10.0 / 6], false),
    ([Node(.activation(.relu), ["c"], "r")], "r", [6.0 / 6, 8.0 / 6], true),
    // 2x, and x − 4 + 10.
    (
      [Node(.batchNormalization(.init(epsilon: 0)), ["c", "scale", "shift", "mean", "variance"], "n")], "n",
      [16.0 / 6, 42.0 / 6], false
    ),
    (
      [
        Node(.batchNormalization(.init(epsilon: 0)), ["c", "scale", "shift", "mean", "variance"], "n"),
        Node(.activation(.relu), ["n"], "r"),
      ], "r", [12.0 / 6, 42.0 / 6], true
    ),
    // A bias: x + 1, x.
    (
      [Node(.binary(.add), ["c", "bias"], "b"), Node(.activation(.relu), ["b"], "r")], "r", [10.0 / 6, 8.0 / 6], true
    ),
    // What is behind a sum with another value is not the layer's own.
    (
      [
        Node(.activation(.tanh), ["c"], "t"), Node(.binary(.add), ["c", "t"], "s"),
        Node(.activation(.relu), ["s"], "r"),
      ],
      "r", [8.0 / 6, 10.0 / 6], false
    ),
  ]

  @Test(arguments: cases.indices) func `a layer's means are those of its activations over images and pixels`(
    _ index: Int
  ) throws {
    let (behind, output, means, isActivated) = Self.cases[index]
    let statistics = try Self.statistics(behind, output: output)
    let found = try #require(statistics.means["c"])
    #expect(zip(found, means).allSatisfy { abs($0 - $1) < 1e-5 } && found.count == 2, "\(found), not \(means)")
    #expect(statistics.activated == (isActivated ? ["c"] : []))
  }
}
