public import NeuralNet

/// A classifier of 16×16 pictures with random weights, small enough that a defence of it is trained in a second.
///
/// Its values, in order: `conv1`, `norm1`, `stem`, then `conv2`, `norm2`, `inner`, `conv3`, `norm3` and `sum`, the
/// residual block around which `stem` goes, `block1`, then `conv4`, `norm4`, `block2`, `pool`, `features`, `logits`.
public enum TinyNetwork {
  /// How pictures become its input.
  public static let (mean, std) = ([Float](repeating: 127, count: 3), [Float](repeating: 64, count: 3))

  /// The network, for `classes` classes.
  public static func graph(classes: Int = 5, seed: UInt64 = 1) -> Graph {
    var layers = Layers(random: SeededGenerator(seed: seed))
    layers.convolution("1", "image", 3, 16, stride: 2, activation: "stem")
    layers.convolution("2", "stem", 16, 16, activation: "inner")
    layers.convolution("3", "inner", 16, 16, activation: nil)
    layers.nodes.append(Node(.binary(.add), ["norm3", "stem"], "sum"))
    layers.nodes.append(Node(.activation(.relu), ["sum"], "block1"))
    layers.convolution("4", "block1", 16, 24, stride: 2, activation: "block2")
    layers.nodes.append(Node(.globalPool(.average), ["block2"], "pool"))
    layers.nodes.append(Node(.flatten(axis: 1), ["pool"], "features"))
    layers.parameters["weight"] = layers.noise([classes, 24], bound: 0.2)
    layers.parameters["bias"] = layers.noise([classes], bound: 0.2)
    layers.nodes.append(Node(.gemm(.init(transposesB: true)), ["features", "weight", "bias"], "logits"))
    let channels = [mean, std].map { $0.map { "\($0)" }.joined(separator: ",") }
    return Graph(
      name: "tiny", inputs: [.init(name: "image", shape: [.free("N"), .fixed(3), .fixed(16), .fixed(16)])],
      nodes: layers.nodes, outputs: ["logits"], parameters: layers.parameters,
      metadata: ["preprocess.mean": channels[0], "preprocess.std": channels[1]])
  }

  private struct Layers {
    var random: SeededGenerator
    var nodes: [Node] = []
    var parameters: [String: Tensor] = [:]

    mutating func noise(_ shape: [Int], bound: Float) -> Tensor {
      Tensor(
        shape: shape, scalars: (0..<shape.product).map { _ in Float.random(in: -bound...bound, using: &random) })
    }

    /// A 3×3 convolution, batch normalisation, and an activation function unless its value has no name.
    mutating func convolution(
      _ number: String, _ x: String, _ inputs: Int, _ outputs: Int, stride: Int = 1, activation: String?
    ) {
      parameters["w\(number)"] = noise([outputs, inputs, 3, 3], bound: (6 / Float(9 * inputs)).squareRoot())
      for (name, value) in [("scale", 1), ("shift", 0.1), ("mean", 0), ("variance", 1)] as [(String, Float)] {
        parameters["\(name)\(number)"] = Tensor(shape: [outputs], repeating: value)
      }
      nodes.append(
        Node(.convolution(.init(strides: Extent(stride), padding: .all(1))), [x, "w\(number)"], "conv\(number)"))
      let statistics = ["scale", "shift", "mean", "variance"].map { $0 + number }
      nodes.append(Node(.batchNormalization(.init()), ["conv\(number)"] + statistics, "norm\(number)"))
      if let activation { nodes.append(Node(.activation(.relu), ["norm\(number)"], activation)) }
    }
  }
}
