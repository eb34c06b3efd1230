internal import NeuralNet

extension GraphImporter {
  /// Reshape to a list of numbers, or to one that the exporter computes from shapes.
  ///
  /// An extent that is the same at all probes is a number; one that is some extent of x at all probes is a copy of it; one
  /// other may be what is left over.
  mutating func reshape(_ node: NodeReader) throws(ONNXError) {
    let x = try operand(node, 0)
    guard let targets = try integersByProbe(node, 1) else { throw .malformed("the shape is left out") }
    let rank = targets[0].count
    guard targets.allSatisfy({ $0.count == rank }) else { throw dependsOnSize("the number of axes") }
    guard rank <= [Int].largestRank else { throw .unsupported("a shape of \(rank) axes") }
    guard let dimensions = try dimensions(targets, of: x, allowsZero: try node.bool("allowzero")) else {
      throw dependsOnSize("more than one extent of the shape")
    }
    try emit(.reshape(dimensions), [x], for: node)
    // Where the file does not say -1, what is left over must be what the file says.
    if let leftOver = dimensions.firstIndex(of: .inferred), targets[0][leftOver] != -1,
      case .computed(let shapes)? = values[node.outputs[0]],
      let probe = shapes.indices.first(where: { shapes[$0][leftOver] != targets[$0][leftOver] })
    {
      throw ONNXError(.graph(.shape("\(x.shapes[probe]) cannot be reshaped to \(targets[probe])")))
    }
  }

  /// The dimensions that reshape x to these shapes at the probes, or nil if more than one of them would be left over.
  func dimensions(
    _ targets: [[Int]], of x: Operand, allowsZero: Bool = false
  ) throws(ONNXError) -> [ReshapeDimension]? {
    var dimensions: [ReshapeDimension] = []
    for axis in targets[0].indices {
      if let dimension = try dimension(targets.map { $0[axis] }, axis, x, allowsZero) {
        dimensions.append(dimension)
      } else if !dimensions.contains(.inferred), !targets[0].contains(-1) {
        dimensions.append(.inferred)
      } else {
        return nil
      }
    }
    return dimensions
  }

  /// What an extent is that has these values at the probes, or nil if it must be what is left over.
  private func dimension(
    _ extents: [Int], _ axis: Int, _ x: Operand, _ allowsZero: Bool
  ) throws(ONNXError) -> ReshapeDimension? {
    if extents.allSatisfy({ $0 == extents[0] }) {
      switch extents[0] {
      case -1: return .inferred
      case 0 where !allowsZero:
        guard axis < x.rank else { throw .malformed("extent 0 at axis \(axis) copies one that is not there") }
        return .copy(axis: axis)
      case 1...: return .fixed(extents[0])
      default: throw .malformed("the shape has extent \(extents[0]) at axis \(axis)")
      }
    }
    guard extents.allSatisfy({ $0 > 0 }) else { throw .malformed("the shape has extents \(extents) at axis \(axis)") }
    let sameAxisFirst = [axis] + (0..<x.rank).filter { $0 != axis }
    let copied = sameAxisFirst.first { candidate in
      candidate < x.rank && zip(extents, x.shapes).allSatisfy { $0 == $1[candidate] }
    }
    return copied.map { .copy(axis: $0) }
  }
}
