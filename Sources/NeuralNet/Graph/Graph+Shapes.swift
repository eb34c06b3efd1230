extension Graph {
  /// The shape of every value, parameters too, for these input shapes.
  ///
  /// - Throws: ``GraphError`` naming the node whose inputs do not fit it, or the input that has no or a wrong shape.
  public func shapes(of given: [String: [Int]]) throws(GraphError) -> [String: [Int]] {
    try shapes(of: given, parameters: parameters.mapValues(\.shape))
  }

  /// The same where the parameters themselves are kept elsewhere.
  func shapes(of given: [String: [Int]], parameters: [String: [Int]]) throws(GraphError) -> [String: [Int]] {
    var shapes = parameters
    var free: [String: Int] = [:]
    for input in inputs {
      guard let shape = given[input.name] else { throw GraphError(.shape("input '\(input.name)' is given no shape")) }
      try input.check(shape, free: &free)
      shapes[input.name] = shape
    }
    for node in nodes {
      var arguments: [[Int]] = []
      for input in node.inputs {
        guard let shape = shapes[input] else { throw GraphError(.unknownValue(input), at: node) }
        arguments.append(shape)
      }
      let results = try node.outputShapes(for: arguments)
      for (output, shape) in zip(node.outputs, results) { shapes[output] = shape }
    }
    return shapes
  }

  /// The shape of the only input for a batch of `batch` images, free extents of height and width taken from `size`.
  ///
  /// - Throws: ``GraphError`` if the graph has not exactly one input, or a free extent that has no size.
  public func inputShape(batch: Int, size: Extent? = nil) throws(GraphError) -> [Int] {
    guard inputs.count == 1, let input = inputs.first else {
      throw GraphError(.unsupported("a graph with \(inputs.count) inputs where one is expected"))
    }
    var shape: [Int] = []
    for (axis, dimension) in input.shape.enumerated() {
      switch (axis, dimension) {
      case (0, .free): shape.append(batch)
      case (0, .fixed(let extent)):
        guard extent == batch else {
          throw GraphError(.shape("input '\(input.name)' has a fixed batch size of \(extent), not \(batch)"))
        }
        shape.append(batch)
      case (_, .fixed(let extent)): shape.append(extent)
      case (2, .free) where size != nil: shape.append(size!.height)
      case (3, .free) where size != nil: shape.append(size!.width)
      case (_, .free(let name)):
        throw GraphError(.shape("input '\(input.name)' leaves '\(name)' (axis \(axis)) free: give it a size"))
      }
    }
    return shape
  }
}

extension Graph.Input {
  /// Checks a shape against the declared one; free extents of one name must agree.
  func check(_ given: [Int], free: inout [String: Int]) throws(GraphError) {
    guard given.count == shape.count else {
      throw GraphError(.shape("input '\(name)' has \(shape.count) axes, not \(given.count)"))
    }
    for (axis, (extent, dimension)) in zip(given, shape).enumerated() {
      guard extent > 0 else { throw GraphError(.shape("input '\(name)' has extent \(extent) at axis \(axis)")) }
      switch dimension {
      case .fixed(let wanted) where wanted != extent:
        throw GraphError(.shape("input '\(name)' wants extent \(wanted) at axis \(axis), not \(extent)"))
      case .fixed: break
      case .free(let symbol):
        if let earlier = free[symbol], earlier != extent {
          throw GraphError(.shape("input '\(name)': '\(symbol)' is \(earlier) and \(extent) (axis \(axis))"))
        }
        free[symbol] = extent
      }
    }
    guard given.isCountable else { throw GraphError(.shape("input '\(name)' of shape \(given) is too large")) }
  }
}

extension Node {
  /// More values than this in one array are refused before anything is allocated: oneDNN counts in 32 bits in places.
  static let largestCount = Int(Int32.max)

  func checkSize(_ shape: [Int]) throws(GraphError) {
    guard shape.allSatisfy({ $0 > 0 }) else { throw fault("would have an output of shape \(shape)") }
    guard shape.isCountable else { throw fault("output of shape \(shape) is too large") }
  }

  func fault(_ text: String) -> GraphError { GraphError(.shape(text), at: self) }
}

extension [Int] {
  /// Whether an array of this shape holds something, and no more than ``Node/largestCount`` values.
  var isCountable: Bool {
    var count = 1
    for extent in self {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow, product <= Node.largestCount else { return false }
      count = product
    }
    return true
  }
}
