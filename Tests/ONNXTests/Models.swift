import Foundation
import NeuralNet
import SwiftProtobuf

@testable import ONNX

/// A small model of the file, put together in a test and read through the public door.
struct TestModel {
  var opset = 17
  var input: [Onnx_TensorShapeProto.Dimension] = ["N", 3, 8, 8]
  var inputType = Onnx_TensorProto.DataType.float
  var nodes: [Onnx_NodeProto]
  var initializers: [Onnx_TensorProto] = []
  var outputs = ["y"]

  var proto: Onnx_ModelProto {
    var graph = Onnx_GraphProto()
    graph.name = "test"
    graph.node = nodes
    graph.initializer = initializers
    graph.input = [.tensor("x", input, inputType)]
    graph.output = outputs.map { .tensor($0, []) }
    var version = Onnx_OperatorSetIdProto()
    version.version = Int64(opset)
    var model = Onnx_ModelProto()
    model.irVersion = 8
    model.opsetImport = [version]
    model.graph = graph
    return model
  }

  var bytes: [UInt8] {
    get throws { try proto.serializedBytes() }
  }

  /// What the importer makes of it.
  func graph() throws -> Graph { try ONNXFile.decode(try bytes, name: "test.onnx") }

  /// The error that the importer has for it, or nil.
  func error() throws -> ONNXError? {
    let bytes = try bytes
    do throws(ONNXError) {
      _ = try ONNXFile.decode(bytes, name: "test.onnx")
      return nil
    } catch {
      return error
    }
  }
}

extension Onnx_TensorShapeProto.Dimension: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// A known extent.
  public init(integerLiteral value: Int64) {
    self.init()
    dimValue = value
  }

  /// A free extent's name.
  public init(stringLiteral value: String) {
    self.init()
    dimParam = value
  }
}

extension Onnx_ValueInfoProto {
  static func tensor(
    _ name: String, _ shape: [Onnx_TensorShapeProto.Dimension], _ type: Onnx_TensorProto.DataType = .float
  ) -> Onnx_ValueInfoProto {
    var info = Onnx_ValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = Int32(type.rawValue)
    info.type.tensorType.shape.dim = shape
    return info
  }
}

extension Onnx_TensorProto {
  static func floats(_ name: String, _ dims: [Int64], _ values: [Float]? = nil) -> Onnx_TensorProto {
    let count = Int(dims.reduce(1, *))
    return raw(name, dims, .float, values ?? (0..<count).map { Float($0 % 7) / 8 - 0.25 })
  }

  static func ints(_ name: String, _ values: [Int64]) -> Onnx_TensorProto {
    raw(name, [Int64(values.count)], .int64, values)
  }

  static func int(_ name: String, _ value: Int64) -> Onnx_TensorProto { raw(name, [], .int64, [value]) }

  static func raw<Element: BitwiseCopyable>(
    _ name: String, _ dims: [Int64], _ type: DataType, _ values: [Element]
  ) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = dims
    tensor.dataType = Int32(type.rawValue)
    tensor.rawData = values.withUnsafeBytes { Data($0) }
    return tensor
  }
}

extension Onnx_NodeProto {
  /// Inputs and outputs parted by spaces; `_` is one that is left out.
  static func node(
    _ operatorName: String, _ inputs: String, _ outputs: String, _ attributes: [Onnx_AttributeProto] = []
  ) -> Onnx_NodeProto {
    func names(_ text: String) -> [String] { text.split(separator: " ").map { $0 == "_" ? "" : String($0) } }
    var node = Onnx_NodeProto()
    node.opType = operatorName
    node.input = names(inputs)
    node.output = names(outputs)
    node.attribute = attributes
    return node
  }
}

extension Onnx_AttributeProto {
  static func int(_ name: String, _ value: Int) -> Onnx_AttributeProto { Attribute.int(name, value).proto }
  static func ints(_ name: String, _ values: [Int]) -> Onnx_AttributeProto { Attribute.ints(name, values).proto }
  static func float(_ name: String, _ value: Float) -> Onnx_AttributeProto { Attribute.float(name, value).proto }
  static func string(_ name: String, _ value: String) -> Onnx_AttributeProto { Attribute.string(name, value).proto }

  static func tensor(_ name: String, _ value: Onnx_TensorProto) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .tensor
    attribute.t = value
    return attribute
  }
}
