internal import Foundation
internal import NeuralNet

/// The conversion of a ``Graph`` to a model of the file.
struct GraphExporter {
  let graph: Graph
  let weights: ONNXFile.WeightPrecision
  /// The version of the operators: 17 has all that are written, but an average pooling with dilation, which came with 19.
  let opset: Int
  var nodes: [Onnx_NodeProto] = []
  var initializers: [Onnx_TensorProto] = []
  private var names: ValueNames
  private var constants: [Constant: String] = [:]

  init(_ graph: Graph, weights: ONNXFile.WeightPrecision) {
    self.graph = graph
    self.weights = weights
    let dilates = graph.nodes.contains {
      if case .averagePool(let pooling, _) = $0.operation { pooling.dilations != Extent(1) } else { false }
    }
    opset = dilates ? 19 : 17
    names = ValueNames(
      taken: Set(graph.inputs.map(\.name)).union(graph.parameters.keys).union(graph.nodes.flatMap(\.outputs)))
  }

  /// The model.
  ///
  /// - Throws: ``ONNXError`` if the graph is not valid.
  mutating func model() throws(ONNXError) -> Onnx_ModelProto {
    let (probes, shapes) = try checkedShapes()
    for (name, tensor) in graph.parameters.sorted(by: { $0.key < $1.key }) { write(tensor, name: name) }
    for node in graph.nodes { write(node) }
    var proto = Onnx_GraphProto()
    // ONNX wants a name.
    proto.name = graph.name.isEmpty ? "graph" : graph.name
    proto.node = nodes
    proto.initializer = initializers
    proto.input = graph.inputs.map { Self.info($0.name, $0.shape) }
    proto.output = graph.outputs.map { name in
      Self.info(name, dimensions(of: shapes.map { $0[name]! }, probes))
    }
    var opsetID = Onnx_OperatorSetIdProto()
    opsetID.domain = ""
    opsetID.version = Int64(opset)
    var model = Onnx_ModelProto()
    // The IR versions that came with these opsets (onnx/onnx, docs/Versioning.md).
    model.irVersion = opset == 17 ? 8 : 9
    model.producerName = "distinguo"
    model.opsetImport = [opsetID]
    model.graph = proto
    model.metadataProps = graph.metadata.sorted { $0.key < $1.key }.map { key, value in
      var entry = Onnx_StringStringEntryProto()
      entry.key = key
      entry.value = value
      return entry
    }
    return model
  }

  /// The shapes of all values at sizes that the graph accepts.
  private func checkedShapes() throws(ONNXError) -> (Probes, [[String: [Int]]]) {
    do {
      try graph.validate()
    } catch {
      throw ONNXError(error)
    }
    var firstFault: GraphError?
    for probes in Probes.candidates(for: graph.inputs) {
      do throws(GraphError) {
        var shapes: [[String: [Int]]] = []
        for index in probes.sizes.indices {
          var given: [String: [Int]] = [:]
          for input in graph.inputs { given[input.name] = probes.shapes(of: input)[index] }
          shapes.append(try graph.shapes(of: given))
        }
        return (probes, shapes)
      } catch {
        if firstFault == nil { firstFault = error }
      }
    }
    throw ONNXError(firstFault!)
  }

  /// An output's extents: a number, a free extent of the input, or nothing.
  private func dimensions(of shapes: [[Int]], _ probes: Probes) -> [NeuralNet.Dimension] {
    shapes[0].indices.map { axis in
      let extents = shapes.map { $0[axis] }
      let symbol = probes.sizes[0].keys.sorted().first { name in
        probes.pinned[name] == nil && probes.sizes.map { $0[name]! } == extents
      }
      if let symbol { return .free(symbol) }
      let isKnown = probes.pinned.isEmpty && extents.allSatisfy { $0 == extents[0] }
      return isKnown ? .fixed(extents[0]) : .free("")
    }
  }

  private static func info(_ name: String, _ shape: [NeuralNet.Dimension]) -> Onnx_ValueInfoProto {
    var info = Onnx_ValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    info.type.tensorType.shape.dim = shape.map { dimension in
      var proto = Onnx_TensorShapeProto.Dimension()
      switch dimension {
      case .fixed(let extent): proto.dimValue = Int64(extent)
      case .free(""): break
      case .free(let symbol): proto.dimParam = symbol
      }
      return proto
    }
    return info
  }

  // MARK: - Weights and constants

  private mutating func write(_ tensor: Tensor, name: String) {
    guard weights == .float16, tensor.shape.count >= 2, let halves = Self.halves(tensor.scalars) else {
      initializers.append(Self.proto(name, tensor.shape, .float, tensor.scalars))
      return
    }
    let stored = names.fresh("\(name)_float16")
    initializers.append(Self.proto(stored, tensor.shape, .float16, halves))
    write("Cast", name: name, [stored], [name], [.int("to", Onnx_TensorProto.DataType.float.rawValue)])
  }

  /// The values as float16, or nil if one is too large for it.
  private static func halves(_ floats: [Float]) -> [Float16]? {
    let halves = floats.map { Float16($0) }
    return halves.allSatisfy(\.isFinite) ? halves : nil
  }

  /// The name of an initialiser with these values, which are all that an operator needs beside its inputs.
  mutating func constant(_ constant: Constant, for node: Node, _ role: String) -> String {
    if let name = constants[constant] { return name }
    let name = names.fresh("\(node.outputs[0])_\(role)")
    switch constant.values {
    case .floats(let floats): initializers.append(Self.proto(name, constant.shape, .float, floats))
    case .integers(let integers):
      initializers.append(Self.proto(name, constant.shape, .int64, integers.map { Int64($0) }))
    }
    constants[constant] = name
    return name
  }

  private static func proto<Element: BitwiseCopyable>(
    _ name: String, _ shape: [Int], _ type: Onnx_TensorProto.DataType, _ values: [Element]
  ) -> Onnx_TensorProto {
    var proto = Onnx_TensorProto()
    proto.name = name
    proto.dims = shape.map { Int64($0) }
    proto.dataType = Int32(type.rawValue)
    proto.rawData = values.withUnsafeBytes { Data($0) }
    return proto
  }

  // MARK: - Nodes

  /// Adds a node of the file.
  mutating func write(
    _ operatorName: String, name: String, _ inputs: [String], _ outputs: [String], _ attributes: [Attribute] = []
  ) {
    var proto = Onnx_NodeProto()
    proto.opType = operatorName
    proto.name = name
    proto.input = inputs
    proto.output = outputs
    proto.attribute = attributes.map(\.proto)
    nodes.append(proto)
  }

  /// Adds a node on the way to `node`'s output; the result is its only output.
  mutating func step(
    _ operatorName: String, for node: Node, _ inputs: [String], _ attributes: [Attribute] = []
  ) -> String {
    let output = names.fresh("\(node.outputs[0])_\(operatorName)")
    write(operatorName, name: output, inputs, [output], attributes)
    return output
  }
}
