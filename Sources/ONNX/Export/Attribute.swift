internal import Foundation
internal import NeuralNet

/// A setting of a node of the file.
enum Attribute {
  case int(String, Int)
  case ints(String, [Int])
  case float(String, Float)
  case string(String, String)

  /// Vertical, then horizontal.
  static func extent(_ name: String, _ extent: Extent) -> Attribute { .ints(name, [extent.height, extent.width]) }

  var proto: Onnx_AttributeProto {
    var proto = Onnx_AttributeProto()
    switch self {
    case .int(let name, let value):
      proto.name = name
      proto.type = .int
      proto.i = Int64(value)
    case .ints(let name, let values):
      proto.name = name
      proto.type = .ints
      proto.ints = values.map { Int64($0) }
    case .float(let name, let value):
      proto.name = name
      proto.type = .float
      proto.f = value
    case .string(let name, let value):
      proto.name = name
      proto.type = .string
      proto.s = Data(value.utf8)
    }
    return proto
  }
}
