internal import NeuralNet

/// The conversion of a model's nodes, one after another, to those of a ``Graph``.
///
/// What each value of the file is becomes known on the way: arrays that are computed when the graph runs become nodes
/// (with their shapes at some probe sizes), everything else is evaluated here and now.
struct GraphImporter {
  /// What a value of the file is.
  enum Value {
    /// An array that is computed when the graph runs, with its shape at each probe.
    case computed(shapes: [[Int]])
    /// A weight, or what follows from weights; `name` is what it is called as a parameter.
    case constant(Constant, name: String)
    /// What follows from the shapes of computed arrays, at each probe.
    case sizes([Constant])
  }

  /// An input of a node of the graph.
  struct Operand {
    var name: String
    /// At each probe.
    var shapes: [[Int]]

    var rank: Int { shapes[0].count }

    /// The extent of an axis if it is the same at all probes.
    func extent(_ axis: Int) -> Int? {
      shapes.allSatisfy { $0[axis] == shapes[0][axis] } ? shapes[0][axis] : nil
    }
  }

  let probeCount: Int
  private(set) var values: [String: Value]
  private(set) var nodes: [Node] = []
  private(set) var parameters: [String: Tensor] = [:]
  /// How many more values may be computed from constants: a few bytes can ask for a ConstantOfShape of any size.
  var allowance: Int
  private var names: ValueNames

  init(
    opset: Int, inputs: [Graph.Input], initializers: [String: Constant], nodes: [Onnx_NodeProto], probes: Probes
  ) {
    probeCount = probes.sizes.count
    values = [:]
    for (name, constant) in initializers { values[name] = .constant(constant, name: name) }
    for input in inputs { values[input.name] = .computed(shapes: probes.shapes(of: input)) }
    // Folding seldom does more than rearrange each weight a few times.
    allowance = 1 << 22 + 4 * initializers.values.reduce(0) { $0 + $1.count }
    names = ValueNames(taken: Set(values.keys).union(nodes.flatMap(\.output)))
  }

  // MARK: - Values

  /// The value of an input, or nil if it is left out.
  func value(_ node: NodeReader, _ index: Int) -> Value? {
    // The nodes are sorted and each name is computed by one of them, so that there is a value unless it was left out.
    node.input(index).flatMap { values[$0] }
  }

  mutating func define(_ name: String, _ value: Value) {
    if !name.isEmpty { values[name] = value }
  }

  /// An input as an array of the graph; weights become parameters.
  mutating func operand(_ node: NodeReader, _ index: Int) throws(ONNXError) -> Operand {
    guard let name = node.input(index), let value = values[name] else {
      throw .malformed("input \(index) is left out or not computed here")
    }
    switch value {
    case .computed(let shapes): return Operand(name: name, shapes: shapes)
    case .constant(let constant, let parameter): return try keep(constant, as: parameter)
    case .sizes(let constants):
      guard constants.allSatisfy({ $0 == constants[0] }) else { throw dependsOnSize("input '\(name)'") }
      return try keep(constants[0], as: name)
    }
  }

  /// All inputs as arrays of the graph.
  mutating func operands(_ node: NodeReader) throws(ONNXError) -> [Operand] {
    var operands: [Operand] = []
    for index in node.inputs.indices where node.input(index) != nil { operands.append(try operand(node, index)) }
    return operands
  }

  private mutating func keep(_ constant: Constant, as name: String) throws(ONNXError) -> Operand {
    guard let scalars = constant.floats else {
      throw .malformed("'\(name)' holds integers where floating-point values are wanted")
    }
    guard !scalars.isEmpty else { throw .malformed("'\(name)' of shape \(constant.shape) is empty") }
    if parameters[name] == nil { parameters[name] = Tensor(shape: constant.shape, scalars: scalars) }
    return Operand(name: name, shapes: Array(repeating: constant.shape, count: probeCount))
  }

  /// Makes sure that the graph has this output.
  mutating func keepOutput(_ name: String) throws(ONNXError) {
    switch values[name] {
    case nil: throw ONNXError(.graph(.unknownValue(name)))
    case .computed: break
    case .constant(let constant, _): _ = try keep(constant, as: name)
    case .sizes: throw .unsupported("output '\(name)' holds integers computed from the input's shape")
    }
  }

  func dependsOnSize(_ what: String) -> ONNXError {
    .unsupported("\(what) depends on the size of the graph's input in a way that a graph with free extents cannot say")
  }

  // MARK: - Nodes

  /// Adds a node that computes the outputs of a node of the file.
  mutating func emit(_ operation: Operator, _ inputs: [Operand], for node: NodeReader) throws(ONNXError) {
    let outputs = node.outputs.map { $0.isEmpty ? names.fresh("\(node.name)_unused") : $0 }
    _ = try add(Node(operation, name: node.name, inputs: inputs.map(\.name), outputs: outputs), inputs)
  }

  /// Adds a node that computes something on the way to an output of a node of the file.
  mutating func step(_ operation: Operator, _ inputs: [Operand], for node: NodeReader) throws(ONNXError) -> Operand {
    let name = names.fresh("\(node.outputs[0])_\(operation.name)")
    return try add(Node(operation, inputs.map(\.name), name), inputs)
  }

  private mutating func add(_ node: Node, _ inputs: [Operand]) throws(ONNXError) -> Operand {
    var shapes: [[[Int]]] = []
    for probe in 0..<probeCount {
      do {
        shapes.append(try node.outputShapes(for: inputs.map { $0.shapes[probe] }))
      } catch {
        throw ONNXError(error)
      }
    }
    for (index, output) in node.outputs.enumerated() {
      let outputShapes = shapes.map { $0[index] }
      guard outputShapes[0].count <= [Int].largestRank else {
        throw .unsupported("an array of \(outputShapes[0].count) axes, more than \([Int].largestRank)")
      }
      values[output] = .computed(shapes: outputShapes)
    }
    nodes.append(node)
    return Operand(name: node.outputs[0], shapes: shapes.map { $0[0] })
  }
}
