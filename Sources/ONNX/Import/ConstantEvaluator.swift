internal import NeuralNet

/// One node evaluated on known arrays: the integers that lead to a shape, and rearrangements of weights.
struct ConstantEvaluator {
  /// The operators that are evaluated.
  static let operators: Set<String> = [
    "Abs", "Add", "Cast", "Ceil", "Clip", "Concat", "ConstantOfShape", "Div", "Equal", "Expand", "Flatten", "Floor",
    "Gather",
    "Identity", "Max", "Min", "Mod", "Mul", "Neg", "ReduceProd", "Reshape", "Shape", "Size", "Slice", "Sqrt", "Squeeze",
    "Sub", "Transpose", "Unsqueeze", "Where",
  ]

  let node: NodeReader
  let arguments: [Constant?]
  /// How many more values may be computed.
  private(set) var allowance: Int

  init(node: NodeReader, arguments: [Constant?], allowance: Int) {
    self.node = node
    self.arguments = arguments
    self.allowance = allowance
  }

  /// What the node computes.
  mutating func result() throws(ONNXError) -> Constant {
    switch node.operatorName {
    case "Identity": try argument(0)
    case "Shape": Constant(try Self.part(of: try argument(0).shape, node))
    case "Size": Constant(shape: [], .integers([try argument(0).count]))
    case "Cast": try cast()
    case "Clip": try clip()
    case "ConstantOfShape": try constantOfShape()
    case "Abs", "Ceil", "Floor", "Neg", "Sqrt": try unary()
    case "Add", "Sub", "Mul", "Div", "Mod", "Max", "Min", "Equal": try binary()
    case "Where": try choice()
    case "ReduceProd": try product()
    case "Concat": try concatenation()
    case "Gather": try gather()
    case "Slice": try slice()
    case "Expand": try expansion()
    case "Transpose": try transpose()
    case "Reshape": try reshape()
    case "Flatten": try flatten()
    case "Squeeze": try squeeze()
    case "Unsqueeze": try unsqueeze()
    default: throw .unsupported("this operator on constants")
    }
  }

  /// An input that must be there.
  func argument(_ index: Int) throws(ONNXError) -> Constant {
    guard arguments.indices.contains(index), let argument = arguments[index] else {
      throw .malformed("input \(index) is left out")
    }
    return argument
  }

  /// A list (or one) of integers that must be there.
  func integers(_ index: Int) throws(ONNXError) -> [Int] {
    guard let integers = try argument(index).integers else { throw .malformed("input \(index) does not hold integers") }
    return integers
  }

  /// A list of integers that may be left out.
  func optionalIntegers(_ index: Int) throws(ONNXError) -> [Int]? {
    arguments.indices.contains(index) && arguments[index] != nil ? try integers(index) : nil
  }

  /// Axes from the attribute of earlier opsets, or else from the second input.
  func givenAxes() throws(ONNXError) -> [Int]? {
    if let axes = try node.ints("axes") { return axes }
    return try optionalIntegers(1)
  }

  /// Takes room for an array of this shape, before any memory is taken.
  mutating func reserve(_ shape: [Int]) throws(ONNXError) -> Int {
    guard let count = shape.checkedCount, count < allowance else {
      throw .unsupported("a constant of shape \(shape), which is not in the file but computed, and too large")
    }
    // A small price for each node, so that many empty results are not free either.
    allowance -= count + 1
    return count
  }

  /// Shape's part from `start` to `end` (since opset 15).
  static func part(of shape: [Int], _ node: NodeReader) throws(ONNXError) -> [Int] {
    func bound(_ value: Int) -> Int { max(0, min(shape.count, value < 0 ? value + shape.count : value)) }
    let start = bound(try node.int("start") ?? 0)
    let end = bound(try node.int("end") ?? shape.count)
    return start < end ? Array(shape[start..<end]) : []
  }
}
