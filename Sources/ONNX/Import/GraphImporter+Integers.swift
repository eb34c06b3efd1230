internal import NeuralNet

/// Inputs that ONNX passes as arrays and a ``Graph`` has as settings.
extension GraphImporter {
  /// The integers of an input at each probe, or nil if the input is left out.
  func integersByProbe(_ node: NodeReader, _ index: Int) throws(ONNXError) -> [[Int]]? {
    guard let value = value(node, index) else { return nil }
    switch value {
    case .computed: throw .unsupported("input \(index) is computed from the graph's input, not constant")
    case .constant(let constant, _):
      return Array(repeating: try integers(constant, index), count: probeCount)
    case .sizes(let constants):
      var result: [[Int]] = []
      for constant in constants { result.append(try integers(constant, index)) }
      return result
    }
  }

  /// The integers of an input, or nil if the input is left out.
  func integers(_ node: NodeReader, _ index: Int) throws(ONNXError) -> [Int]? {
    guard let probes = try integersByProbe(node, index) else { return nil }
    guard probes.allSatisfy({ $0 == probes[0] }) else { throw dependsOnSize("input \(index)") }
    return probes[0]
  }

  /// A floating-point setting, or nil if the input is left out.
  func float(_ node: NodeReader, _ index: Int) throws(ONNXError) -> Float? {
    guard let value = value(node, index) else { return nil }
    guard case .constant(let constant, _) = value else { throw .unsupported("input \(index) is not constant") }
    guard let float = constant.floats?.first, constant.count == 1, !float.isNaN else {
      throw .malformed("input \(index) is not one floating-point number")
    }
    return float
  }

  /// A floating-point setting from an input, or from the attribute that earlier opsets had for it.
  func setting(_ node: NodeReader, _ index: Int, or attribute: String) throws(ONNXError) -> Float? {
    if let value = try float(node, index) { return value }
    return try node.float(attribute)
  }

  /// Axes from an attribute until some opset, from an input since then; nil if they are left out.
  func axes(
    _ node: NodeReader, input index: Int, sinceOpset: Int, rank: Int
  ) throws(ONNXError) -> [Int]? {
    let given: [Int]?
    if node.opset >= sinceOpset {
      guard !node.has("axes") else { throw .malformed("axes are an input since opset \(sinceOpset), no attribute") }
      given = try integers(node, index)
    } else {
      guard node.input(index) == nil else { throw .malformed("axes are an attribute until opset \(sinceOpset - 1)") }
      given = try node.ints("axes")
    }
    guard let given else { return nil }
    return try node.axes(given, rank: rank)
  }

  private func integers(_ constant: Constant, _ index: Int) throws(ONNXError) -> [Int] {
    guard let integers = constant.integers, constant.shape.count <= 1 else {
      throw .malformed("input \(index) is not a list of integers")
    }
    return integers
  }
}
