internal import Foundation
internal import NeuralNet
internal import SwiftProtobuf

/// One node of the file: its operator is known, its inputs and attributes are those that the operator has.
struct NodeReader {
  /// The node's name, or its first output's if it has none.
  let name: String
  /// The operator.
  let operatorName: String
  /// The version of the operators.
  let opset: Int
  /// The values read; empty for one that is left out.
  let inputs: [String]
  /// The values computed; empty for one that is not wanted.
  let outputs: [String]
  private var attributes: [String: Onnx_AttributeProto] = [:]

  /// What a node is called in messages.
  static func name(of proto: Onnx_NodeProto) -> String {
    proto.name.isEmpty ? proto.output.first { !$0.isEmpty } ?? "" : proto.name
  }

  init(_ proto: Onnx_NodeProto, opset: Int) throws(ONNXError) {
    name = Self.name(of: proto)
    operatorName = proto.opType
    self.opset = opset
    // Optional inputs and outputs at the end may be named empty or not be there: the same thing.
    inputs = Array(proto.input[..<((proto.input.lastIndex { !$0.isEmpty } ?? -1) + 1)])
    outputs = Array(proto.output[..<((proto.output.lastIndex { !$0.isEmpty } ?? -1) + 1)])
    guard ["", "ai.onnx"].contains(proto.domain), let signature = OperatorSignature.all[operatorName] else {
      throw ONNXError(.unknownOperator(domain: proto.domain == "ai.onnx" ? "" : proto.domain))
    }
    guard opset >= signature.since else {
      throw .malformed("this operator exists since opset \(signature.since), the model is written for opset \(opset)")
    }
    try check(signature)
    for attribute in proto.attribute {
      guard signature.attributes.contains(attribute.name) else {
        throw .unsupported("the attribute '\(attribute.name)' of this operator")
      }
      guard attribute.refAttrName.isEmpty else {
        throw .malformed("attribute '\(attribute.name)' refers to a function's, but stands in no function")
      }
      guard attributes.updateValue(attribute, forKey: attribute.name) == nil else {
        throw .malformed("attribute '\(attribute.name)' is there twice")
      }
    }
  }

  private func check(_ signature: OperatorSignature) throws(ONNXError) {
    let (low, high) = (signature.inputs.lowerBound, signature.inputs.upperBound)
    guard signature.inputs.contains(inputs.count) else {
      let wanted = low == high ? "\(low)" : high == Int.max ? "\(low) or more" : "\(low) to \(high)"
      throw .malformed("has \(inputs.count) inputs, not \(wanted)")
    }
    let required = high == Int.max ? inputs.count : low
    if let missing = inputs.prefix(required).firstIndex(of: "") { throw .malformed("input \(missing) is left out") }
    guard signature.outputs.contains(outputs.count) else {
      throw .malformed("has \(outputs.count) outputs, not \(signature.outputs.lowerBound)")
    }
  }

  /// The name of an input, or nil if it is left out.
  func input(_ index: Int) -> String? {
    inputs.indices.contains(index) && !inputs[index].isEmpty ? inputs[index] : nil
  }

  func has(_ attribute: String) -> Bool { attributes[attribute] != nil }

  func int(_ name: String) throws(ONNXError) -> Int? {
    guard let attribute = try attribute(name, .int) else { return nil }
    return Int(attribute.i)
  }

  func bool(_ name: String) throws(ONNXError) -> Bool {
    let value = try int(name) ?? 0
    guard (0...1).contains(value) else { throw .malformed("attribute '\(name)' is \(value), not 0 or 1") }
    return value == 1
  }

  func ints(_ name: String) throws(ONNXError) -> [Int]? {
    guard let attribute = try attribute(name, .ints) else { return nil }
    return attribute.ints.map(Int.init)
  }

  func float(_ name: String) throws(ONNXError) -> Float? {
    guard let attribute = try attribute(name, .float) else { return nil }
    guard attribute.f.isFinite else { throw .malformed("attribute '\(name)' is not finite") }
    return attribute.f
  }

  func floats(_ name: String) throws(ONNXError) -> [Float]? {
    guard let attribute = try attribute(name, .floats) else { return nil }
    return attribute.floats
  }

  func string(_ name: String) throws(ONNXError) -> String? {
    guard let attribute = try attribute(name, .string) else { return nil }
    return String(decoding: attribute.s, as: UTF8.self)
  }

  func tensor(_ name: String) throws(ONNXError) -> Constant? {
    guard let attribute = try attribute(name, .tensor) else { return nil }
    return try Constant(attribute.t)
  }

  private func attribute(
    _ name: String, _ type: Onnx_AttributeProto.AttributeType
  ) throws(ONNXError) -> Onnx_AttributeProto? {
    guard let attribute = attributes[name] else { return nil }
    guard attribute.type == type else {
      throw .malformed("attribute '\(name)' has the type \(attribute.type), not \(type)")
    }
    return attribute
  }

  /// An axis counted from the front, whichever way the file counts it.
  func axis(_ value: Int, rank: Int) throws(ONNXError) -> Int {
    guard (-rank..<rank).contains(value) else { throw .malformed("axis \(value) is outside of \(rank) axes") }
    return value < 0 ? value + rank : value
  }

  /// Axes counted from the front, in the file's order; each may come once.
  func axes(_ values: [Int], rank: Int) throws(ONNXError) -> [Int] {
    guard values.count <= rank else { throw .malformed("names \(values.count) axes of \(rank)") }
    var axes: [Int] = []
    for value in values { axes.append(try axis(value, rank: rank)) }
    guard Set(axes).count == axes.count else { throw .malformed("names an axis twice: \(values)") }
    return axes
  }
}
