/// A neural network: nodes that compute named values from other named values, and the weights they need.
///
/// This one value type is what is imported, pruned, fine-tuned, compiled and exported; everything else is a pass over it.
/// Nodes stand in an order in which every value is computed before it is used (``sorted()`` makes one).
/// Any value name may be asked for, not only ``outputs``: a cut layer is named by its output value.
public struct Graph: Sendable, Equatable {
  /// An array that is given when the graph runs.
  public struct Input: Sendable, Hashable {
    /// The value's name.
    public var name: String
    /// Its extents, free ones named.
    public var shape: [Dimension]

    /// An input of some shape.
    public init(name: String, shape: [Dimension]) {
      self.name = name
      self.shape = shape
    }
  }

  /// What the graph is called in files and messages.
  public var name: String
  /// What is given when it runs.
  public var inputs: [Input]
  /// The computation, in order.
  public var nodes: [Node]
  /// The names of the values it is run for.
  public var outputs: [String]
  /// Weights, statistics and other constants, by value name.
  public var parameters: [String: Tensor]
  /// Free-form notes that travel with the file (licence, preprocessing, …).
  public var metadata: [String: String]

  /// A graph from its parts; nothing is checked until ``validate()``.
  public init(
    name: String, inputs: [Input], nodes: [Node], outputs: [String], parameters: [String: Tensor] = [:],
    metadata: [String: String] = [:]
  ) {
    self.name = name
    self.inputs = inputs
    self.nodes = nodes
    self.outputs = outputs
    self.parameters = parameters
    self.metadata = metadata
  }

  /// The index of the node that computes each value.
  public func producers() -> [String: Int] {
    var producers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs { producers[output] = index }
    }
    return producers
  }

  /// The indices of the nodes that use each value, in order, one entry for each use.
  public func consumers() -> [String: [Int]] {
    var consumers: [String: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { consumers[input, default: []].append(index) }
    }
    return consumers
  }

  /// The same graph with only what the wanted values need (the outputs, unless others are named), in its order.
  ///
  /// - Throws: ``GraphError`` if there is no such value.
  public func trimmed(to wanted: [String]? = nil) throws(GraphError) -> Graph {
    var needed = Set(wanted ?? outputs)
    let computed = Set(nodes.flatMap(\.outputs)).union(inputs.map(\.name)).union(parameters.keys)
    for name in needed where !computed.contains(name) { throw GraphError(.unknownValue(name)) }
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: needed.contains) {
      kept.append(node)
      needed.formUnion(node.inputs)
    }
    var graph = self
    graph.nodes = kept.reversed()
    graph.outputs = wanted ?? outputs
    graph.inputs = inputs.filter { needed.contains($0.name) }
    graph.parameters = parameters.filter { needed.contains($0.key) }
    return graph
  }
}

/// One step of a ``Graph``.
public struct Node: Sendable, Hashable {
  /// What it is called in messages.
  public var name: String
  /// What it computes.
  public var operation: Operator
  /// The names of the values it reads, in the order that ``Operator`` states.
  public var inputs: [String]
  /// The names of the values it computes.
  public var outputs: [String]

  /// A step with any number of outputs.
  public init(_ operation: Operator, name: String, inputs: [String], outputs: [String]) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
  }

  /// A step with one output, which also names it.
  public init(_ operation: Operator, _ inputs: [String], _ output: String) {
    self.init(operation, name: output, inputs: inputs, outputs: [output])
  }
}
