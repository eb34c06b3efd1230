internal import NeuralNet

/// Operators that move values without changing them.
extension ConstantEvaluator {
  mutating func concatenation() throws(ONNXError) -> Constant {
    guard let first = try node.int("axis") else { throw .malformed("has no attribute 'axis'") }
    var parts: [Constant] = []
    for index in arguments.indices { parts.append(try argument(index)) }
    var shape = parts[0].shape
    let axis = try node.axis(first, rank: shape.count)
    for part in parts.dropFirst() {
      guard part.shape.count == shape.count, part.shape[..<axis] == shape[..<axis],
        part.shape[(axis + 1)...] == shape[(axis + 1)...]
      else { throw ONNXError(.graph(.shape("\(part.shape) and \(shape) differ in more than axis \(axis)"))) }
      shape[axis] += part.shape[axis]
    }
    _ = try reserve(shape)
    let outer = shape[..<axis].reduce(1, *)
    let integers = parts.compactMap(\.integers)
    if integers.count == parts.count { return Constant(shape: shape, .integers(interleaved(integers, outer))) }
    let floats = parts.compactMap(\.floats)
    guard floats.count == parts.count else {
      throw .malformed("some inputs hold integers, others floating-point values")
    }
    return Constant(shape: shape, .floats(interleaved(floats, outer)))
  }

  private func interleaved<Element>(_ parts: [[Element]], _ outer: Int) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for row in 0..<outer {
      for part in parts {
        let length = part.count / outer
        result += part[row * length..<(row + 1) * length]
      }
    }
    return result
  }

  mutating func gather() throws(ONNXError) -> Constant {
    let x = try argument(0)
    let indices = try argument(1)
    let axis = try node.axis(try node.int("axis") ?? 0, rank: x.shape.count)
    let extent = x.shape[axis]
    var places: [Int] = []
    for index in try integers(1) {
      guard (-extent..<extent).contains(index) else {
        throw .malformed("index \(index) is outside of the extent \(extent) of axis \(axis)")
      }
      places.append(index < 0 ? index + extent : index)
    }
    let shape = x.shape[..<axis] + indices.shape + x.shape[(axis + 1)...]
    _ = try reserve(Array(shape))
    let outer = x.shape[..<axis].reduce(1, *)
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    func taken<Element>(_ source: [Element]) -> [Element] {
      var result: [Element] = []
      result.reserveCapacity(outer * places.count * inner)
      for row in 0..<outer {
        for place in places {
          let start = (row * extent + place) * inner
          result += source[start..<start + inner]
        }
      }
      return result
    }
    return switch x.values {
    case .floats(let floats): Constant(shape: Array(shape), .floats(taken(floats)))
    case .integers(let integers): Constant(shape: Array(shape), .integers(taken(integers)))
    }
  }

  mutating func slice() throws(ONNXError) -> Constant {
    let x = try argument(0)
    var shape = x.shape
    var strides = x.shape.rowMajorStrides
    var offset = 0
    for range in try node.sliceRanges(
      starts: try integers(1), ends: try integers(2), axes: try optionalIntegers(3), steps: try optionalIntegers(4),
      rank: x.shape.count)
    {
      let count = range.count(in: x.shape[range.axis])
      shape[range.axis] = count
      guard count > 0 else { continue }
      offset += range.first(in: x.shape[range.axis]) * strides[range.axis]
      // With one value along an axis its stride is never walked, and might overflow.
      strides[range.axis] = count == 1 ? 0 : strides[range.axis] * range.step
    }
    _ = try reserve(shape)
    return x.strided(shape: shape, strides: strides, offset: offset)
  }

  mutating func expansion() throws(ONNXError) -> Constant {
    let x = try argument(0)
    let target = try integers(1)
    guard target.checkedCount != nil, let shape = x.shape.broadcasting(with: target) else {
      throw ONNXError(.graph(.shape("\(x.shape) does not broadcast to \(target)")))
    }
    _ = try reserve(shape)
    return x.expanded(to: shape)
  }

  mutating func transpose() throws(ONNXError) -> Constant {
    let x = try argument(0)
    let permutation = try node.permutation(rank: x.shape.count)
    _ = try reserve(x.shape)
    let strides = x.shape.rowMajorStrides
    return x.strided(shape: permutation.map { x.shape[$0] }, strides: permutation.map { strides[$0] })
  }

  func reshape() throws(ONNXError) -> Constant {
    let x = try argument(0)
    var shape = try integers(1)
    guard shape.count <= [Int].largestRank else { throw .unsupported("a shape of \(shape.count) axes") }
    let allowsZero = try node.bool("allowzero")
    for axis in shape.indices where shape[axis] == 0 && !allowsZero {
      guard axis < x.shape.count else { throw .malformed("extent 0 at axis \(axis) copies one that is not there") }
      shape[axis] = x.shape[axis]
    }
    if let inferred = shape.firstIndex(of: -1) {
      shape[inferred] = 1
      guard let known = shape.checkedCount, known > 0, x.count % known == 0 else {
        throw ONNXError(.graph(.shape("\(x.shape) cannot be reshaped to \(shape)")))
      }
      shape[inferred] = x.count / known
    }
    guard shape.checkedCount == x.count else {
      throw ONNXError(.graph(.shape("\(x.shape) cannot be reshaped to \(shape)")))
    }
    return x.reshaped(to: shape)
  }

  func flatten() throws(ONNXError) -> Constant {
    let x = try argument(0)
    let axis = try node.flattenAxis(rank: x.shape.count)
    return x.reshaped(to: [x.shape[..<axis].reduce(1, *), x.shape[axis...].reduce(1, *)])
  }

  func squeeze() throws(ONNXError) -> Constant {
    let x = try argument(0)
    let given = try givenAxes() ?? x.shape.indices.filter { x.shape[$0] == 1 }
    let axes = try node.axes(given, rank: x.shape.count)
    for axis in axes where x.shape[axis] != 1 {
      throw ONNXError(.graph(.shape("axis \(axis) of \(x.shape) has not extent 1")))
    }
    return x.reshaped(to: x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })
  }

  func unsqueeze() throws(ONNXError) -> Constant {
    let x = try argument(0)
    guard let given = try givenAxes() else { throw .malformed("axes are left out") }
    let rank = x.shape.count + given.count
    guard rank <= [Int].largestRank else { throw .unsupported("an array of \(rank) axes") }
    let axes = try node.axes(given, rank: rank)
    var rest = x.shape.makeIterator()
    return x.reshaped(to: (0..<rank).map { axes.contains($0) ? 1 : rest.next()! })
  }
}

/// Settings that are read alike for constants and for computed arrays.
extension NodeReader {
  /// Transpose's permutation; all axes reversed if it is left out.
  func permutation(rank: Int) throws(ONNXError) -> [Int] {
    let permutation = try ints("perm") ?? (0..<rank).reversed()
    guard permutation.sorted() == Array(0..<rank) else {
      throw .malformed("attribute 'perm' \(permutation) is no permutation of \(rank) axes")
    }
    return permutation
  }

  /// Flatten's axis, which may also be one past the last.
  func flattenAxis(rank: Int) throws(ONNXError) -> Int {
    let axis = try int("axis") ?? 1
    guard (-rank...rank).contains(axis) else { throw .malformed("axis \(axis) is outside of \(rank) axes") }
    return axis < 0 ? axis + rank : axis
  }

  /// Slice's inputs, put together.
  func sliceRanges(
    starts: [Int], ends: [Int], axes given: [Int]?, steps: [Int]?, rank: Int
  ) throws(ONNXError) -> [SliceRange] {
    guard starts.count <= rank else { throw .malformed("slices \(starts.count) axes of \(rank)") }
    let axes = try self.axes(given ?? Array(starts.indices), rank: rank)
    let steps = steps ?? starts.map { _ in 1 }
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
      throw .malformed(
        "has \(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) steps")
    }
    guard !steps.contains(0) else { throw .malformed("has a step of zero") }
    return starts.indices.map { SliceRange(axis: axes[$0], start: starts[$0], end: ends[$0], step: steps[$0]) }
  }
}
