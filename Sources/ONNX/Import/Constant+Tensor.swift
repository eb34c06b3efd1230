internal import Foundation
internal import SwiftProtobuf

extension Constant {
  /// The values of a tensor in the file.
  ///
  /// What its header claims is held against the bytes that are there before any memory is taken.
  /// - Throws: ``ONNXError`` that names the tensor and what would be right.
  init(_ tensor: Onnx_TensorProto) throws(ONNXError) {
    let name = "tensor '\(tensor.name)'"
    guard tensor.dataLocation == .default, tensor.externalData.isEmpty else {
      throw .unsupported("\(name) is in an external file; save the model with its weights inside")
    }
    guard !tensor.hasSegment else { throw .unsupported("\(name) is stored in segments") }
    let shape = tensor.dims.map(Int.init)
    guard let count = shape.checkedCount else {
      throw .malformed("\(name) claims the shape \(shape), which is negative somewhere or too large")
    }
    guard let type = Onnx_TensorProto.DataType(rawValue: Int(tensor.dataType)) else {
      throw .malformed("\(name) has the unknown type \(tensor.dataType)")
    }
    let source = TensorSource(name: name, tensor: tensor, count: count)
    let values: Values =
      switch type {
      case .float: .floats(try source.values(tensor.floatData, as: Float.self))
      case .double: .floats(try source.values(tensor.doubleData, as: Double.self).map { Float($0) })
      case .float16: .floats(try source.narrow(tensor.int32Data, as: UInt16.self).map(HalfPrecision.float(fromHalf:)))
      case .bfloat16: .floats(try source.narrow(tensor.int32Data, as: UInt16.self).map(HalfPrecision.float(fromBrain:)))
      case .int64: .integers(try source.values(tensor.int64Data, as: Int64.self).map(Int.init))
      case .int32: .integers(try source.values(tensor.int32Data, as: Int32.self).map(Int.init))
      case .int16: .integers(try source.narrow(tensor.int32Data, as: Int16.self).map(Int.init))
      case .int8: .integers(try source.narrow(tensor.int32Data, as: Int8.self).map(Int.init))
      case .uint16: .integers(try source.narrow(tensor.int32Data, as: UInt16.self).map(Int.init))
      case .uint8: .integers(try source.narrow(tensor.int32Data, as: UInt8.self).map(Int.init))
      case .bool: .integers(try source.narrow(tensor.int32Data, as: UInt8.self).map { $0 == 0 ? 0 : 1 })
      case .undefined, .string, .uint32, .uint64, .complex64, .complex128, .float8E4M3Fn, .float8E4M3Fnuz, .float8E5M2,
        .float8E5M2Fnuz, .uint4, .int4, .float4E2M1, .float8E8M0, .uint2, .int2, .float6E2M3, .float6E3M2:
        throw .unsupported("\(name) has the type \(type); weights are float, float16, bfloat16 or double")
      }
    self.init(shape: shape, values)
  }
}

/// Where the values of one tensor are: in its raw bytes, or in a field of its type.
private struct TensorSource {
  var name: String
  var tensor: Onnx_TensorProto
  var count: Int

  /// The values as their type stores them.
  func values<Element: BitwiseCopyable>(_ field: [Element], as type: Element.Type) throws(ONNXError) -> [Element] {
    if tensor.hasRawData { return try raw(type) }
    guard field.count == count else { throw mismatch(field.count) }
    return field
  }

  /// The same for types that the file keeps in a field of wider integers.
  func narrow<Element: FixedWidthInteger & BitwiseCopyable>(
    _ field: [Int32], as type: Element.Type
  ) throws(ONNXError) -> [Element] {
    if tensor.hasRawData { return try raw(type) }
    guard field.count == count else { throw mismatch(field.count) }
    return field.map { Element(truncatingIfNeeded: $0) }
  }

  /// A copy of the raw bytes; ONNX's byte order is this machine's.
  private func raw<Element: BitwiseCopyable>(_ type: Element.Type) throws(ONNXError) -> [Element] {
    let width = MemoryLayout<Element>.size
    let data = tensor.rawData
    // `count` is at most 2³¹, so that this product cannot overflow.
    guard data.count == count * width else {
      throw .malformed("\(name) of shape \(tensor.dims) wants \(count * width) bytes, but has \(data.count)")
    }
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = data.copyBytes(to: buffer) / width
    }
  }

  private func mismatch(_ found: Int) -> ONNXError {
    .malformed("\(name) of shape \(tensor.dims) wants \(count) values, but has \(found)")
  }
}
