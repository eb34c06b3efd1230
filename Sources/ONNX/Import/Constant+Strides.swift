internal import NeuralNet

extension Constant {
  /// An array whose value at an index is this one's at `offset` plus the sum of index times stride over all axes.
  ///
  /// Transposition, slicing and broadcasting are all of this kind. The caller sees to it that every place is inside.
  func strided(shape: [Int], strides: [Int], offset: Int = 0) -> Constant {
    switch values {
    case .floats(let floats):
      Constant(shape: shape, .floats(Self.walk(floats, shape: shape, strides: strides, offset: offset)))
    case .integers(let integers):
      Constant(shape: shape, .integers(Self.walk(integers, shape: shape, strides: strides, offset: offset)))
    }
  }

  /// This array repeated along its axes of extent 1, as NumPy broadcasts it.
  func expanded(to target: [Int]) -> Constant {
    if shape == target { return self }
    let own = Array(repeating: 1, count: target.count - shape.count) + shape
    let strides = zip(own, own.rowMajorStrides).map { extent, stride in extent == 1 ? 0 : stride }
    return strided(shape: target, strides: strides)
  }

  private static func walk<Element>(_ source: [Element], shape: [Int], strides: [Int], offset: Int) -> [Element] {
    let count = shape.product
    guard count > 0 else { return [] }
    guard let inner = shape.last, let innerStride = strides.last else { return [source[offset]] }
    var result: [Element] = []
    result.reserveCapacity(count)
    Array(shape.dropLast()).forEachOffset(Array(strides.dropLast()), from: offset) { start in
      for step in 0..<inner { result.append(source[start + step * innerStride]) }
    }
    return result
  }
}

extension [Int] {
  /// NumPy's broadcast of two shapes, or nil if they do not fit.
  func broadcasting(with other: [Int]) -> [Int]? {
    let count = Swift.max(self.count, other.count)
    var shape: [Int] = []
    for axis in 0..<count {
      let left = axis + self.count - count < 0 ? 1 : self[axis + self.count - count]
      let right = axis + other.count - count < 0 ? 1 : other[axis + other.count - count]
      guard left == right || left == 1 || right == 1 else { return nil }
      shape.append(left == 1 ? right : left)
    }
    return shape
  }
}
