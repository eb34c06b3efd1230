internal import Foundation
internal import NeuralNet

/// Operators that compute value by value.
extension ConstantEvaluator {
  mutating func cast() throws(ONNXError) -> Constant {
    let x = try argument(0)
    _ = try reserve(x.shape)
    let type = Onnx_TensorProto.DataType(rawValue: try node.int("to") ?? 0)
    switch type {
    case .float, .double: return Constant(shape: x.shape, .floats(Self.floats(x)))
    case .float16:
      return Constant(shape: x.shape, .floats(Self.floats(x).map { Float(Float16($0)) }))
    case .bfloat16:
      return Constant(shape: x.shape, .floats(Self.floats(x).map(HalfPrecision.roundedToBrain)))
    case .int64: return Constant(shape: x.shape, .integers(try Self.integers(x)))
    case .int32:
      return Constant(shape: x.shape, .integers(try Self.integers(x).map { Int(Int32(truncatingIfNeeded: $0)) }))
    case .bool:
      switch x.values {
      case .integers(let integers): return Constant(shape: x.shape, .integers(integers.map { $0 == 0 ? 0 : 1 }))
      case .floats(let floats): return Constant(shape: x.shape, .integers(floats.map { $0 == 0 ? 0 : 1 }))
      }
    default: throw .unsupported("a conversion to the type \(type.map { "\($0)" } ?? "?")")
    }
  }

  private static func floats(_ x: Constant) -> [Float] {
    switch x.values {
    case .floats(let floats): floats
    case .integers(let integers): integers.map { Float($0) }
    }
  }

  private static func integers(_ x: Constant) throws(ONNXError) -> [Int] {
    switch x.values {
    case .integers(let integers): return integers
    case .floats(let floats):
      var integers: [Int] = []
      for float in floats {
        guard let integer = Int(exactly: float.rounded(.towardZero)) else {
          throw .malformed("\(float) does not convert to an integer")
        }
        integers.append(integer)
      }
      return integers
    }
  }

  mutating func constantOfShape() throws(ONNXError) -> Constant {
    let shape = try integers(0)
    let value = try node.tensor("value") ?? Constant(shape: [1], .floats([0]))
    guard value.count == 1 else { throw .malformed("attribute 'value' has \(value.count) values, not 1") }
    let count = try reserve(shape)
    return switch value.values {
    case .floats(let floats): Constant(shape: shape, .floats(Array(repeating: floats[0], count: count)))
    case .integers(let integers): Constant(shape: shape, .integers(Array(repeating: integers[0], count: count)))
    }
  }

  mutating func unary() throws(ONNXError) -> Constant {
    let x = try argument(0)
    _ = try reserve(x.shape)
    switch (node.operatorName, x.values) {
    case ("Abs", .floats(let floats)): return Constant(shape: x.shape, .floats(floats.map(abs)))
    case ("Ceil", .floats(let floats)): return Constant(shape: x.shape, .floats(floats.map { $0.rounded(.up) }))
    case ("Floor", .floats(let floats)): return Constant(shape: x.shape, .floats(floats.map { $0.rounded(.down) }))
    case ("Neg", .floats(let floats)): return Constant(shape: x.shape, .floats(floats.map { -$0 }))
    case ("Sqrt", .floats(let floats)): return Constant(shape: x.shape, .floats(floats.map { $0.squareRoot() }))
    case ("Neg", .integers(let integers)): return Constant(shape: x.shape, .integers(integers.map { 0 &- $0 }))
    case ("Abs", .integers(let integers)):
      return Constant(shape: x.shape, .integers(integers.map { $0 < 0 ? 0 &- $0 : $0 }))
    default: throw .malformed("input 0 holds integers where floating-point values are wanted")
    }
  }

  mutating func binary() throws(ONNXError) -> Constant {
    var result = try argument(0)
    for index in arguments.indices.dropFirst() { result = try binary(node.operatorName, result, try argument(index)) }
    return result
  }

  /// Clip's bounds are inputs here; PyTorch clips a border at zero on the way to a Pad.
  mutating func clip() throws(ONNXError) -> Constant {
    guard !node.has("min"), !node.has("max") else { throw .unsupported("bounds that are attributes, on constants") }
    var result = try argument(0)
    for (index, function) in [(1, "Max"), (2, "Min")] where node.input(index) != nil {
      result = try binary(function, result, try argument(index))
    }
    return result
  }

  private mutating func binary(_ name: String, _ a: Constant, _ b: Constant) throws(ONNXError) -> Constant {
    guard let shape = a.shape.broadcasting(with: b.shape) else {
      throw ONNXError(.graph(.shape("\(a.shape) and \(b.shape) do not broadcast")))
    }
    let count = try reserve(shape)
    switch (a.values, b.values) {
    case (.floats, .floats):
      let left = a.expanded(to: shape).floats!
      let right = b.expanded(to: shape).floats!
      if name == "Equal" {
        return Constant(shape: shape, .integers((0..<count).map { left[$0] == right[$0] ? 1 : 0 }))
      }
      let function = Self.floatFunction(name)
      return Constant(shape: shape, .floats((0..<count).map { function(left[$0], right[$0]) }))
    case (.integers, .integers):
      let left = a.expanded(to: shape).integers!
      let right = b.expanded(to: shape).integers!
      var values: [Int] = []
      values.reserveCapacity(count)
      for index in 0..<count {
        guard let value = integer(name, left[index], right[index]) else {
          throw .malformed("\(left[index]) and \(right[index]) have no result in 64-bit integers")
        }
        values.append(value)
      }
      return Constant(shape: shape, .integers(values))
    default: throw .malformed("one input holds integers, the other floating-point values")
    }
  }

  private static func floatFunction(_ name: String) -> (Float, Float) -> Float {
    switch name {
    case "Add": (+)
    case "Sub": (-)
    case "Mul": (*)
    case "Div": (/)
    case "Max": max
    case "Min": min
    default: fmodf
    }
  }

  /// Integer arithmetic as ONNX has it, or nil where it overflows or divides by zero.
  private func integer(_ name: String, _ a: Int, _ b: Int) -> Int? {
    func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? { result.overflow ? nil : result.partialValue }
    switch name {
    case "Add": return checked(a.addingReportingOverflow(b))
    case "Sub": return checked(a.subtractingReportingOverflow(b))
    case "Mul": return checked(a.multipliedReportingOverflow(by: b))
    case "Div": return checked(a.dividedReportingOverflow(by: b))
    case "Max": return max(a, b)
    case "Min": return min(a, b)
    case "Equal": return a == b ? 1 : 0
    default:
      guard let remainder = checked(a.remainderReportingOverflow(dividingBy: b)) else { return nil }
      // Without fmod the remainder has the divisor's sign, as in Python.
      let followsDivisor = (try? node.bool("fmod")) != true
      return followsDivisor && remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
    }
  }

  mutating func choice() throws(ONNXError) -> Constant {
    let (a, b) = (try argument(1), try argument(2))
    let condition = try argument(0)
    guard condition.integers != nil else { throw .malformed("input 0 is not boolean") }
    guard let shape = condition.shape.broadcasting(with: a.shape)?.broadcasting(with: b.shape) else {
      throw ONNXError(.graph(.shape("\(condition.shape), \(a.shape) and \(b.shape) do not broadcast")))
    }
    let count = try reserve(shape)
    let takes = condition.expanded(to: shape).integers!
    switch (a.expanded(to: shape).values, b.expanded(to: shape).values) {
    case (.integers(let left), .integers(let right)):
      return Constant(shape: shape, .integers((0..<count).map { takes[$0] != 0 ? left[$0] : right[$0] }))
    case (.floats(let left), .floats(let right)):
      return Constant(shape: shape, .floats((0..<count).map { takes[$0] != 0 ? left[$0] : right[$0] }))
    default: throw .malformed("one input holds integers, the other floating-point values")
    }
  }

  /// The product of a whole list; of some axes is nowhere needed on the way to a shape.
  mutating func product() throws(ONNXError) -> Constant {
    let x = try argument(0)
    let axes = try givenAxes() ?? []
    guard x.shape.count <= 1, axes.allSatisfy({ $0 == 0 || $0 == -1 }) else {
      throw .unsupported("a product of an array of more than one axis")
    }
    guard let integers = x.integers else { throw .unsupported("a product of floating-point values") }
    var product = 1
    for value in integers {
      let (partial, overflow) = product.multipliedReportingOverflow(by: value)
      guard !overflow else { throw .malformed("the product of \(integers.count) integers overflows") }
      product = partial
    }
    let keeps = try node.int("keepdims") ?? 1 != 0
    return Constant(shape: keeps ? x.shape.map { _ in 1 } : [], .integers([product]))
  }
}
