/// Follows channels through a graph, as labels that flow like data, and finds which of them cannot go without which.
///
/// Each value has at most one labelled axis, with one label for each index along it; a value without one cannot be made
/// smaller. Weights are labelled by axis as well: a convolution's outputs take the labels of its weight's rows, and its
/// inputs are tied to the labels of its columns. A weight used twice ties its users by that alone.
///
/// The rule that keeps this right: at each node, every axis of every input is either followed or held fast. An operator
/// that is not understood holds its inputs, which costs some channels that might have gone, never a wrong result.
struct CouplingAnalysis {
  typealias Label = ChannelLabels.Label

  /// The axis of a value along which it holds channels.
  struct LabelledAxis {
    var axis: Int
    var labels: [Label]
  }

  /// One axis of a weight.
  struct ParameterAxis: Hashable {
    var parameter: String
    var axis: Int
  }

  /// An axis of one of a node's inputs.
  private struct InputAxis: Hashable {
    var input: Int
    var axis: Int
  }

  let graph: Graph
  let shapes: [String: [Int]]
  var labels = ChannelLabels()
  /// What is known of each computed value.
  private(set) var axes: [String: LabelledAxis] = [:]
  /// What is known of each weight's axes that carry channels.
  private(set) var parameterAxes: [ParameterAxis: [Label]] = [:]
  /// The values of convolutions and products with weights, in the graph's order.
  private(set) var layers: [String] = []

  private var heldParameterAxes: [ParameterAxis: String] = [:]
  private var followedAxes: Set<InputAxis> = []

  init(_ graph: Graph, shapes: [String: [Int]]) {
    self.graph = graph
    self.shapes = shapes
    for node in graph.nodes {
      followedAxes = []
      for (output, axis) in zip(node.outputs, follow(node)) { axes[output] = axis }
      holdRest(of: node)
      if node.isLayer, let output = node.outputs.first, axes[output] != nil { layers.append(output) }
    }
    for output in graph.outputs {
      hold(output, because: "it is part of the graph's output '\(output)'")
      for axis in shape(of: output).indices where isParameter(output) {
        hold(ParameterAxis(parameter: output, axis: axis), because: "the graph's output is the weight '\(output)'")
      }
    }
    holdWholes()
  }

  // MARK: What an operator's rule is made of

  func isParameter(_ value: String) -> Bool { graph.parameters[value] != nil }

  func shape(of value: String) -> [Int] { shapes[value] ?? [] }

  /// The labels of a weight's axis, at a node that takes it as its input number `input`.
  mutating func labels(ofInput input: Int, axis: Int, of node: Node) -> [Label] {
    followedAxes.insert(InputAxis(input: input, axis: axis))
    let key = ParameterAxis(parameter: node.inputs[input], axis: axis)
    if let known = parameterAxes[key] { return known }
    let fresh = labels.fresh(shape(of: key.parameter)[axis])
    if let reason = heldParameterAxes[key] { labels.obstruct(fresh, because: reason) }
    parameterAxes[key] = fresh
    return fresh
  }

  /// Holds all channels of a value.
  mutating func hold(_ value: String, because reason: String) {
    if let axis = axes[value] { labels.obstruct(axis.labels, because: reason) }
  }

  /// Holds everything that a node takes; its output cannot be made smaller.
  mutating func holdInputs(of node: Node, because reason: String) -> LabelledAxis? {
    for input in node.inputs { hold(input, because: reason) }
    return nil
  }

  /// Ties a node's input to what is known of another array along its axis, under NumPy's broadcasting.
  ///
  /// An extent of 1 is repeated whatever the other extent is, so it ties nothing.
  mutating func tie(_ known: LabelledAxis, rank: Int, toInput input: Int, of node: Node) {
    let value = node.inputs[input]
    let extents = shape(of: value)
    let axis = known.axis - (rank - extents.count)
    if let other = axes[value], other.axis != axis {
      hold(value, because: node.place + " meets it with channels along another axis")
    }
    guard axis >= 0, extents[axis] > 1 else { return }
    if isParameter(value) {
      labels.unite(known.labels, labels(ofInput: input, axis: axis, of: node))
    } else if let other = axes[value], other.axis == axis {
      labels.unite(known.labels, other.labels)
    } else {
      labels.obstruct(known.labels, because: node.place + " meets it with '\(value)', which cannot be made smaller")
    }
  }

  // MARK: What is held

  private mutating func hold(_ axis: ParameterAxis, because reason: String) {
    if heldParameterAxes[axis] == nil { heldParameterAxes[axis] = reason }
    if let known = parameterAxes[axis] { labels.obstruct(known, because: reason) }
  }

  /// An axis of a weight that this node's rule did not follow must stay as it is for this node, and so for all.
  private mutating func holdRest(of node: Node) {
    for (input, value) in node.inputs.enumerated() where isParameter(value) {
      for axis in shape(of: value).indices where !followedAxes.contains(InputAxis(input: input, axis: axis)) {
        hold(ParameterAxis(parameter: value, axis: axis), because: node.place + " needs all of the weight '\(value)'")
      }
    }
  }

  /// A group that is everything some array has cannot go.
  private mutating func holdWholes() {
    func hold(_ axis: [Label], of value: String) {
      guard let first = axis.first else { return }
      let root = labels.root(of: first)
      guard axis.allSatisfy({ labels.root(of: $0) == root }) else { return }
      labels.obstruct([first], because: "nothing would be left of '\(value)'")
    }
    for node in graph.nodes {
      for output in node.outputs { if let axis = axes[output] { hold(axis.labels, of: output) } }
    }
    for (axis, known) in parameterAxes.sorted(by: { ($0.key.parameter, $0.key.axis) < ($1.key.parameter, $1.key.axis) })
    {
      hold(known, of: axis.parameter)
    }
  }
}

extension Node {
  /// Whether it mixes its input's channels into new ones by a weight.
  fileprivate var isLayer: Bool {
    switch operation {
    case .convolution, .gemm, .matrixMultiplication: true
    case .batchNormalization, .activation, .parametricRelu, .binary, .softmax, .logSoftmax, .concatenation, .split,
      .slice, .maxPool, .averagePool, .globalPool, .mean, .flatten, .reshape, .transpose, .squeeze, .unsqueeze,
      .dropout, .identity, .pad, .localResponseNormalization:
      false
    }
  }

  /// How it is called in a reason.
  var place: String { "node '\(name)' (\(operation.name))" }
}
