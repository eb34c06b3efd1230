internal import NeuralNet

/// Convolution and pooling.
extension GraphImporter {
  mutating func convolution(_ node: NodeReader) throws(ONNXError) {
    let operands = try operands(node)
    guard operands[0].rank == 4, operands[1].rank == 4 else {
      throw .unsupported(
        "a convolution of \(operands[0].rank) axes by \(operands[1].rank); both have four in two dimensions")
    }
    if let kernel = try node.extent("kernel_shape"),
      operands[1].extent(2) != kernel.height || operands[1].extent(3) != kernel.width
    {
      throw .malformed(
        "kernel_shape is \(kernel.height)×\(kernel.width), but the weight has shape \(operands[1].shapes[0])")
    }
    let convolution = Operator.Convolution(
      strides: try node.extent("strides") ?? Extent(1), dilations: try node.extent("dilations") ?? Extent(1),
      padding: try node.spatialPadding(), groups: try node.int("group") ?? 1)
    try emit(.convolution(convolution), operands, for: node)
  }

  mutating func maxPool(_ node: NodeReader) throws(ONNXError) {
    // Without the indices storage_order, which is about them, means nothing.
    guard node.outputs.count == 1 else { throw .unsupported("the indices of a maximum pooling") }
    _ = try node.bool("storage_order")
    let x = try pooled(node)
    try emit(.maxPool(try node.pooling()), [x], for: node)
  }

  mutating func averagePool(_ node: NodeReader) throws(ONNXError) {
    guard node.opset >= 19 || !node.has("dilations") else {
      throw .malformed("an average pooling has dilations since opset 19 only")
    }
    let x = try pooled(node)
    let includesPadding = try node.bool("count_include_pad")
    try emit(.averagePool(try node.pooling(), includesPadding: includesPadding), [x], for: node)
  }

  private mutating func pooled(_ node: NodeReader) throws(ONNXError) -> Operand {
    let x = try operand(node, 0)
    guard x.rank == 4 else { throw .unsupported("a pooling of \(x.rank) axes, not four") }
    return x
  }
}

extension NodeReader {
  /// A vertical and a horizontal number.
  fileprivate func extent(_ name: String) throws(ONNXError) -> Extent? {
    guard let values = try ints(name) else { return nil }
    guard values.count == 2 else { throw .malformed("attribute '\(name)' has \(values.count) values, not 2") }
    return Extent(height: values[0], width: values[1])
  }

  fileprivate func pooling() throws(ONNXError) -> Operator.Pooling {
    guard let kernel = try extent("kernel_shape") else { throw .malformed("has no attribute 'kernel_shape'") }
    return Operator.Pooling(
      kernel: kernel, strides: try extent("strides") ?? Extent(1), dilations: try extent("dilations") ?? Extent(1),
      padding: try spatialPadding(), ceilMode: try bool("ceil_mode"))
  }

  fileprivate func spatialPadding() throws(ONNXError) -> SpatialPadding {
    switch try string("auto_pad") ?? "NOTSET" {
    case "NOTSET": break
    case "VALID": return .none
    case "SAME_UPPER": return .sameUpper
    case "SAME_LOWER": return .sameLower
    case let mode:
      throw .malformed("attribute 'auto_pad' is '\(mode)', not NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    }
    let pads = try ints("pads") ?? [0, 0, 0, 0]
    guard pads.count == 4 else { throw .malformed("attribute 'pads' has \(pads.count) values, not 4") }
    return .explicit(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
  }
}
