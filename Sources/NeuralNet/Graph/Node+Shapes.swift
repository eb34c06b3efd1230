extension Node {
  /// The shapes of this node's outputs, given those of its inputs.
  ///
  /// Any numbers may be given: whatever does not fit, or would overflow, is an error.
  /// - Throws: ``GraphError`` if the inputs do not fit the operator, or are empty or too large themselves.
  public func outputShapes(for arguments: [[Int]]) throws(GraphError) -> [[Int]] {
    let shapes = try uncheckedOutputShapes(for: arguments)
    for shape in shapes { try checkSize(shape) }
    return shapes
  }

  private func uncheckedOutputShapes(for arguments: [[Int]]) throws(GraphError) -> [[Int]] {
    try validateArity()
    guard arguments.count == inputs.count else {
      throw GraphError(.malformed("\(arguments.count) shapes for \(inputs.count) inputs"), at: self)
    }
    for (name, shape) in zip(inputs, arguments) {
      guard shape.isCountable else { throw fault("input '\(name)' of shape \(shape) is empty or too large") }
    }
    let x = arguments[0]
    switch operation {
    case .convolution(let convolution): return [try convolutionShape(convolution, arguments)]
    case .batchNormalization:
      guard x.count >= 2 else { throw fault("wants at least two axes, not the shape \(x)") }
      for (name, shape) in zip(["scale", "shift", "mean", "variance"], arguments.dropFirst()) where shape != [x[1]] {
        throw fault("\(name) has shape \(shape), not [\(x[1])]")
      }
      return [x]
    case .activation, .dropout, .identity: return [x]
    case .parametricRelu:
      guard try broadcast(x, arguments[1]) == x else { throw fault("slope \(arguments[1]) does not broadcast to \(x)") }
      return [x]
    case .binary: return [try broadcast(x, arguments[1])]
    case .softmax(let axis), .logSoftmax(let axis):
      try check(axis: axis, of: x)
      return [x]
    case .concatenation(let axis): return [try concatenationShape(axis, arguments)]
    case .split(let axis, let sizes):
      try check(axis: axis, of: x)
      // No size above the extent, so the sum cannot overflow.
      guard sizes.allSatisfy({ $0 > 0 && $0 <= x[axis] }), sizes.reduce(0, +) == x[axis] else {
        throw fault("sizes \(sizes) do not add up to the extent \(x[axis]) of axis \(axis)")
      }
      return sizes.map { x.replacing(axis, with: $0) }
    case .slice(let ranges): return [try sliceShape(ranges, x)]
    case .maxPool(let pooling): return [try poolingShape(pooling, x)]
    case .averagePool(let pooling, _): return [try poolingShape(pooling, x)]
    case .globalPool:
      guard x.count == 4 else { throw fault("wants four axes [N,C,H,W], not the shape \(x)") }
      return [[x[0], x[1], 1, 1]]
    case .mean(let axes, let keepsDimensions):
      for axis in axes { try check(axis: axis, of: x) }
      return [
        x.indices.compactMap { axes.contains($0) ? (keepsDimensions ? 1 : nil) : x[$0] }
      ]
    case .flatten(let axis):
      guard (0...x.count).contains(axis) else { throw fault("axis \(axis) is outside of the shape \(x)") }
      return [[try product(x[..<axis]), try product(x[axis...])]]
    case .reshape(let dimensions): return [try reshapeShape(dimensions, x)]
    case .transpose(let permutation):
      guard permutation.sorted() == Array(x.indices) else {
        throw fault("\(permutation) is no permutation of the axes of \(x)")
      }
      return [permutation.map { x[$0] }]
    case .squeeze(let axes):
      for axis in axes {
        try check(axis: axis, of: x)
        guard x[axis] == 1 else { throw fault("axis \(axis) of \(x) has not extent 1") }
      }
      return [x.indices.filter { !axes.contains($0) }.map { x[$0] }]
    case .unsqueeze(let axes):
      let count = x.count + axes.count
      guard Set(axes).count == axes.count, axes.allSatisfy((0..<count).contains) else {
        throw fault("axes \(axes) do not fit an output of \(count) axes")
      }
      var rest = x.makeIterator()
      return [(0..<count).map { axes.contains($0) ? 1 : rest.next()! }]
    case .gemm(let gemm): return [try gemmShape(gemm, arguments)]
    case .matrixMultiplication: return [try matrixMultiplicationShape(x, arguments[1])]
    case .pad(let padding): return [try padShape(padding, x)]
    case .localResponseNormalization(let normalization):
      guard x.count == 4 else { throw fault("wants four axes [N,C,H,W], not the shape \(x)") }
      guard normalization.size > 0 else { throw fault("size \(normalization.size) is not positive") }
      return [x]
    }
  }

  private func check(axis: Int, of shape: [Int]) throws(GraphError) {
    guard shape.indices.contains(axis) else { throw fault("axis \(axis) is outside of the shape \(shape)") }
  }

  private func product(_ extents: ArraySlice<Int>) throws(GraphError) -> Int {
    try checkSize(Array(extents))
    return extents.reduce(1, *)
  }

  private func convolutionShape(_ convolution: Operator.Convolution, _ arguments: [[Int]]) throws(GraphError) -> [Int] {
    let (x, weight) = (arguments[0], arguments[1])
    guard x.count == 4 else { throw fault("wants four axes [N,C,H,W], not the shape \(x)") }
    guard weight.count == 4 else { throw fault("weight has shape \(weight), not [O,C/groups,kH,kW]") }
    let groups = convolution.groups
    guard groups > 0, x[1] % groups == 0, weight[0] % groups == 0 else {
      throw fault("\(groups) groups do not divide \(x[1]) input and \(weight[0]) output channels")
    }
    guard weight[1] == x[1] / groups else {
      throw fault("weight \(weight) wants \(weight[1] * groups) input channels, not \(x[1])")
    }
    if arguments.count == 3, arguments[2] != [weight[0]] {
      throw fault("bias has shape \(arguments[2]), not [\(weight[0])]")
    }
    let window = Window(
      kernel: Extent(height: weight[2], width: weight[3]), strides: convolution.strides,
      dilations: convolution.dilations, padding: convolution.padding)
    return [x[0], weight[0]] + (try windowShape(window, x))
  }

  private func poolingShape(_ pooling: Operator.Pooling, _ x: [Int]) throws(GraphError) -> [Int] {
    guard x.count == 4 else { throw fault("wants four axes [N,C,H,W], not the shape \(x)") }
    let window = Window(pooling)
    let shape = try windowShape(window, x)
    guard window.alwaysHoldsPixels(of: x[2], x[3]) else {
      throw fault("a border as wide as the kernel, or dilation beyond the image, leaves windows without a pixel")
    }
    return [x[0], x[1]] + shape
  }

  private func padShape(_ padding: Operator.Padding, _ x: [Int]) throws(GraphError) -> [Int] {
    guard padding.before.count == x.count, padding.after.count == x.count else {
      throw fault("\(padding.before.count) and \(padding.after.count) widths for the \(x.count) axes of \(x)")
    }
    let widths = -Self.largestCount...Self.largestCount
    return try x.indices.map { axis throws(GraphError) in
      let (before, after) = (padding.before[axis], padding.after[axis])
      guard widths.contains(before), widths.contains(after) else {
        throw fault("widths \(before) and \(after) along axis \(axis) are out of range")
      }
      // ONNX does not say what is left of an axis that is cropped away and then given a border.
      guard x[axis] + min(before, 0) + min(after, 0) > 0 else {
        throw fault("crops \(before) and \(after) of an extent of \(x[axis]) along axis \(axis)")
      }
      return x[axis] + before + after
    }
  }

  private func windowShape(_ window: Window, _ x: [Int]) throws(GraphError) -> [Int] {
    guard window.isSound else { throw fault("kernel, strides and dilations must be positive and padding not negative") }
    let (height, width) = (window.vertical(x[2]), window.horizontal(x[3]))
    guard height.output > 0, width.output > 0 else {
      throw fault("the kernel does not fit into \(x[2])×\(x[3]) pixels and their border")
    }
    return [height.output, width.output]
  }

  private func concatenationShape(_ axis: Int, _ arguments: [[Int]]) throws(GraphError) -> [Int] {
    let first = arguments[0]
    try check(axis: axis, of: first)
    var total = 0
    for shape in arguments {
      guard shape.count == first.count, shape.replacing(axis, with: 0) == first.replacing(axis, with: 0) else {
        throw fault("\(shape) and \(first) differ in more than axis \(axis)")
      }
      total += shape[axis]
    }
    return first.replacing(axis, with: total)
  }

  private func sliceShape(_ ranges: [SliceRange], _ x: [Int]) throws(GraphError) -> [Int] {
    var shape = x
    guard Set(ranges.map(\.axis)).count == ranges.count else { throw fault("takes two parts of one axis") }
    for range in ranges {
      try check(axis: range.axis, of: x)
      guard range.step != 0 else { throw fault("has a step of zero along axis \(range.axis)") }
      shape[range.axis] = range.count(in: x[range.axis])
    }
    return shape
  }

  private func reshapeShape(_ dimensions: [ReshapeDimension], _ x: [Int]) throws(GraphError) -> [Int] {
    let count = try product(x[...])
    var shape: [Int] = []
    var inferred: Int?
    for dimension in dimensions {
      switch dimension {
      case .fixed(let extent): shape.append(extent)
      case .copy(let axis):
        try check(axis: axis, of: x)
        shape.append(x[axis])
      case .inferred:
        guard inferred == nil else { throw fault("more than one extent is left to be inferred") }
        inferred = shape.count
        shape.append(1)
      }
    }
    let known = try product(shape[...])
    if let inferred {
      guard count % known == 0 else { throw fault("\(count) values of \(x) do not divide into \(shape)") }
      shape[inferred] = count / known
    } else if known != count {
      throw fault("\(x) has \(count) values, \(shape) has room for \(known)")
    }
    return shape
  }

  private func gemmShape(_ gemm: Operator.Gemm, _ arguments: [[Int]]) throws(GraphError) -> [Int] {
    let (a, b) = (arguments[0], arguments[1])
    guard a.count == 2, b.count == 2 else { throw fault("wants two matrices, not the shapes \(a) and \(b)") }
    let (m, k) = gemm.transposesA ? (a[1], a[0]) : (a[0], a[1])
    let (rows, n) = gemm.transposesB ? (b[1], b[0]) : (b[0], b[1])
    guard k == rows else { throw fault("weight \(b) wants \(rows) features, not \(k)") }
    if arguments.count == 3, try broadcast([m, n], arguments[2]) != [m, n] {
      throw fault("bias \(arguments[2]) does not broadcast to [\(m), \(n)]")
    }
    return [m, n]
  }

  private func matrixMultiplicationShape(_ a: [Int], _ b: [Int]) throws(GraphError) -> [Int] {
    guard !a.isEmpty, !b.isEmpty else { throw fault("wants two matrices, not the shapes \(a) and \(b)") }
    let left = a.count == 1 ? [1] + a : a
    let right = b.count == 1 ? b + [1] : b
    guard left.last == right[right.count - 2] else { throw fault("\(a) and \(b) do not fit to be multiplied") }
    let batch = try broadcast(Array(left.dropLast(2)), Array(right.dropLast(2)))
    return batch + (a.count == 1 ? [] : [left[left.count - 2]]) + (b.count == 1 ? [] : [right[right.count - 1]])
  }

  private func broadcast(_ a: [Int], _ b: [Int]) throws(GraphError) -> [Int] {
    guard let shape = a.broadcast(with: b) else { throw fault("\(a) and \(b) do not broadcast") }
    return shape
  }
}

extension [Int] {
  /// This shape with another extent at one axis.
  func replacing(_ axis: Int, with extent: Int) -> [Int] {
    var shape = self
    shape[axis] = extent
    return shape
  }

  /// NumPy's broadcast of two shapes, or nil if they do not fit.
  func broadcast(with other: [Int]) -> [Int]? {
    let count = Swift.max(self.count, other.count)
    let left = [Int](repeating: 1, count: count - self.count) + self
    let right = [Int](repeating: 1, count: count - other.count) + other
    var shape: [Int] = []
    for (l, r) in zip(left, right) {
      guard l == r || l == 1 || r == 1 else { return nil }
      shape.append(l == 1 ? r : l)
    }
    return shape
  }
}
