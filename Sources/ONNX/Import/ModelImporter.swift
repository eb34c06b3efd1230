internal import NeuralNet

/// A model of the file, checked as a whole: versions, names, inputs, initialisers, the order of nodes.
struct ModelImporter {
  private let opset: Int
  private let name: String
  private let metadata: [String: String]
  private let inputs: [Graph.Input]
  private let outputs: [String]
  private let nodes: [Onnx_NodeProto]
  private let initializers: [String: Constant]

  /// Takes the model apart; `file` names the graph if the model does not.
  init(_ model: consuming Onnx_ModelProto, file: String) throws(ONNXError) {
    opset = try Self.opset(of: model)
    metadata = try Self.metadata(of: model)
    var graph = model.graph
    // From here on the weights live in `graph` alone, so that each can be let go of as soon as it is converted.
    model = Onnx_ModelProto()
    name = graph.name.isEmpty ? file : graph.name
    guard graph.sparseInitializer.isEmpty else { throw .unsupported("sparse initialisers") }
    initializers = try Self.initializers(of: &graph)
    inputs = try Self.inputs(of: graph, initializers: initializers)
    guard !graph.output.isEmpty else { throw .malformed("the graph has no outputs") }
    outputs = graph.output.map(\.name)
    nodes = try Self.sortedNodes(of: graph, given: Set(inputs.map(\.name)).union(initializers.keys))
  }

  /// The graph, with its shapes tried out.
  func graph() throws(ONNXError) -> Graph {
    var firstFault: ONNXError?
    for probes in Probes.candidates(for: inputs) {
      do {
        return try graph(at: probes)
      } catch {
        // Only a shape that does not fit may fit at another size.
        guard case .graph(.shape) = error.kind else { throw error }
        if firstFault == nil { firstFault = error }
      }
    }
    throw firstFault!
  }

  private func graph(at probes: Probes) throws(ONNXError) -> Graph {
    var importer = GraphImporter(opset: opset, inputs: inputs, initializers: initializers, nodes: nodes, probes: probes)
    for proto in nodes {
      do {
        try importer.convert(try NodeReader(proto, opset: opset))
      } catch {
        throw error.atNode(NodeReader.name(of: proto), proto.opType)
      }
    }
    for output in outputs { try importer.keepOutput(output) }
    let graph = Graph(
      name: name, inputs: inputs.map(probes.pinning), nodes: importer.nodes, outputs: outputs,
      parameters: importer.parameters, metadata: metadata)
    do {
      try graph.validate()
    } catch {
      throw ONNXError(error)
    }
    return graph.withFreeBatch() ?? graph
  }

  private static func opset(of model: Onnx_ModelProto) throws(ONNXError) -> Int {
    let versions = model.opsetImport.filter { ["", "ai.onnx"].contains($0.domain) }.map(\.version)
    guard let version = versions.first, Set(versions).count == 1 else {
      throw ONNXError(.notONNX("it names \(versions.isEmpty ? "no version" : "several versions") of ONNX's operators"))
    }
    guard ONNXFile.opsets.contains(Int(version)) else { throw ONNXError(.opset(Int(version))) }
    return Int(version)
  }

  private static func metadata(of model: Onnx_ModelProto) throws(ONNXError) -> [String: String] {
    var metadata: [String: String] = [:]
    for entry in model.metadataProps {
      guard metadata.updateValue(entry.value, forKey: entry.key) == nil else {
        throw .malformed("the metadata has the key '\(entry.key)' twice")
      }
    }
    return metadata
  }

  private static func initializers(of graph: inout Onnx_GraphProto) throws(ONNXError) -> [String: Constant] {
    var protos: [Onnx_TensorProto] = []
    swap(&protos, &graph.initializer)
    var initializers: [String: Constant] = [:]
    for index in protos.indices {
      var proto = Onnx_TensorProto()
      swap(&proto, &protos[index])
      guard !proto.name.isEmpty else { throw .malformed("an initialiser has no name") }
      guard initializers.updateValue(try Constant(proto), forKey: proto.name) == nil else {
        throw ONNXError(.graph(.duplicateValue(proto.name)))
      }
    }
    return initializers
  }

  private static func inputs(
    of graph: Onnx_GraphProto, initializers: [String: Constant]
  ) throws(ONNXError) -> [Graph.Input] {
    var inputs: [Graph.Input] = []
    var names: Set<String> = []
    for info in graph.input {
      guard names.insert(info.name).inserted else { throw ONNXError(.graph(.duplicateValue(info.name))) }
      // Before IR version 4 every initialiser was listed as an input too.
      if initializers[info.name] == nil { inputs.append(try input(info)) }
    }
    return inputs
  }

  private static func input(_ info: Onnx_ValueInfoProto) throws(ONNXError) -> Graph.Input {
    guard !info.name.isEmpty else { throw .malformed("an input has no name") }
    guard case .tensorType(let type)? = info.type.value else {
      throw .unsupported("input '\(info.name)' is no tensor")
    }
    let element = Onnx_TensorProto.DataType(rawValue: Int(type.elemType))
    guard let element, [.float, .float16, .bfloat16, .double].contains(element) else {
      throw .unsupported(
        "input '\(info.name)' has the type \(element.map { "\($0)" } ?? "\(type.elemType)"), not float")
    }
    guard type.hasShape else {
      throw .unsupported("input '\(info.name)' has no shape; its number of axes must be known")
    }
    guard type.shape.dim.count <= [Int].largestRank else {
      throw .unsupported("input '\(info.name)' has \(type.shape.dim.count) axes, more than \([Int].largestRank)")
    }
    var shape: [Dimension] = []
    for (axis, dimension) in type.shape.dim.enumerated() {
      switch dimension.value {
      case .dimValue(let extent):
        guard (1...Int64(Int32.max)).contains(extent) else {
          throw .malformed("input '\(info.name)' has extent \(extent) at axis \(axis)")
        }
        shape.append(.fixed(Int(extent)))
      case .dimParam(let name) where !name.isEmpty: shape.append(.free(name))
      case .dimParam, nil: shape.append(.free("\(info.name)_\(axis)"))
      }
    }
    return Graph.Input(name: info.name, shape: shape)
  }

  /// The nodes in an order in which each value is computed before it is used, each value computed once.
  private static func sortedNodes(
    of graph: Onnx_GraphProto, given: Set<String>
  ) throws(ONNXError) -> [Onnx_NodeProto] {
    var defined = given
    var steps: [Node] = []
    for (index, proto) in graph.node.enumerated() {
      for output in proto.output where !output.isEmpty {
        guard defined.insert(output).inserted else {
          throw ONNXError(.graph(.duplicateValue(output))).atNode(NodeReader.name(of: proto), proto.opType)
        }
      }
      // Which operator it is does not matter for the order.
      steps.append(
        Node(
          .identity, name: "\(index)", inputs: proto.input.filter { !$0.isEmpty },
          outputs: proto.output.filter { !$0.isEmpty }))
    }
    let skeleton = Graph(
      name: "", inputs: given.map { Graph.Input(name: $0, shape: []) }, nodes: steps, outputs: [])
    do {
      return try skeleton.sorted().nodes.map { graph.node[Int($0.name)!] }
    } catch {
      guard let proto = error.node.flatMap(Int.init).map({ graph.node[$0] }) else { throw ONNXError(error) }
      throw ONNXError(error).atNode(NodeReader.name(of: proto), proto.opType)
    }
  }
}
