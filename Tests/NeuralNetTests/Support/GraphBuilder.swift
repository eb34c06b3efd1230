import NeuralNet
import TestSupport

/// Builds graphs with random weights, one node after another. Each method returns the new value's name.
struct GraphBuilder {
  var random: SeededGenerator
  private(set) var shapes: [String: [Int]] = [:]
  private var inputs: [Graph.Input] = []
  private var nodes: [Node] = []
  private var parameters: [String: Tensor] = [:]

  init(seed: UInt64 = 1) { random = SeededGenerator(seed: seed) }

  func graph(outputs: String...) -> Graph {
    Graph(name: "test", inputs: inputs, nodes: nodes, outputs: outputs, parameters: parameters)
  }

  /// An image input [N,C,H,W] with a free batch size, height and width.
  mutating func image(_ name: String = "image", batch: Int = 2, channels: Int = 3, size: Extent) -> String {
    inputs.append(Graph.Input(name: name, shape: [.free("N"), .fixed(channels), .free("H"), .free("W")]))
    shapes[name] = [batch, channels, size.height, size.width]
    return name
  }

  mutating func parameter(_ shape: [Int], in range: ClosedRange<Float> = -1...1) -> String {
    let name = "w\(parameters.count)"
    parameters[name] = Tensor(
      shape: shape, scalars: (0..<shape.product).map { _ in Float.random(in: range, using: &random) })
    shapes[name] = shape
    return name
  }

  mutating func add(_ operation: Operator, _ inputs: String..., named name: String? = nil) -> String {
    add(operation, inputs, outputs: [name ?? "v\(nodes.count)"])[0]
  }

  mutating func add(_ operation: Operator, _ inputs: [String], outputs: [String]) -> [String] {
    let node = Node(operation, name: outputs[0], inputs: inputs, outputs: outputs)
    do {
      let results = try node.outputShapes(for: inputs.map { shapes[$0] ?? [] })
      for (output, shape) in zip(outputs, results) { shapes[output] = shape }
    } catch {
      preconditionFailure("\(error)")
    }
    nodes.append(node)
    return outputs
  }

  func channels(_ value: String) -> Int { shapes[value]?[1] ?? 0 }

  // MARK: Layers

  /// A convolution that keeps the size at stride 1.
  mutating func convolution(
    _ x: String, _ outputs: Int, kernel: Int = 3, stride: Int = 1, groups: Int = 1, hasBias: Bool = true,
    named name: String? = nil
  ) -> String {
    var operands = [x, parameter([outputs, channels(x) / groups, kernel, kernel])]
    if hasBias { operands.append(parameter([outputs])) }
    let settings = Operator.Convolution(strides: Extent(stride), padding: .all(kernel / 2), groups: groups)
    return add(.convolution(settings), operands, outputs: [name ?? "v\(nodes.count)"])[0]
  }

  mutating func depthwise(_ x: String, multiplier: Int = 1, named name: String? = nil) -> String {
    convolution(x, channels(x) * multiplier, groups: channels(x), named: name)
  }

  mutating func batchNormalization(_ x: String) -> String {
    let count = [channels(x)]
    return add(
      .batchNormalization(.init()), x, parameter(count), parameter(count), parameter(count),
      parameter(count, in: 0.5...2))
  }

  mutating func activation(_ activation: Activation, _ x: String, named name: String? = nil) -> String {
    add(.activation(activation), x, named: name)
  }

  mutating func linear(_ x: String, _ outputs: Int, named name: String? = nil) -> String {
    let features = shapes[x]?.last ?? 0
    return add(
      .gemm(.init(transposesB: true)), x, parameter([outputs, features]), parameter([outputs]), named: name)
  }

  /// Global average pooling, then a linear layer of `outputs` classes.
  mutating func head(_ x: String, classes: Int = 3) -> String {
    linear(add(.flatten(axis: 1), add(.globalPool(.average), x)), classes, named: "logits")
  }

  /// Two values split from one along the channels.
  mutating func split(_ x: String, _ first: Int) -> [String] {
    let place = nodes.count
    return add(.split(axis: 1, sizes: [first, channels(x) - first]), [x], outputs: ["v\(place)a", "v\(place)b"])
  }

  /// ShuffleNet's channel shuffle.
  mutating func shuffle(_ x: String, groups: Int) -> String {
    let count = channels(x)
    let grouped = add(
      .reshape([.copy(axis: 0), .fixed(groups), .fixed(count / groups), .copy(axis: 2), .copy(axis: 3)]), x)
    let shuffled = add(.transpose(permutation: [0, 2, 1, 3, 4]), grouped)
    return add(.reshape([.copy(axis: 0), .fixed(count), .copy(axis: 3), .copy(axis: 4)]), shuffled)
  }
}
