import NeuralNet
import Testing

/// An operator, the shapes it is given, and what it makes of them.
struct ShapeCase: Sendable, CustomTestStringConvertible {
  var operation: Operator
  var inputs: [[Int]]
  var outputs: [[Int]]

  init(_ operation: Operator, _ inputs: [[Int]], _ outputs: [Int]...) {
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
  }

  var testDescription: String { "\(operation) of \(inputs) is \(outputs)" }

  var node: Node {
    let count = if case .split(_, let sizes) = operation { sizes.count } else { 1 }
    return Node(
      operation, name: "node", inputs: inputs.indices.map { "i\($0)" }, outputs: (0..<count).map { "o\($0)" })
  }
}

@Suite struct ShapeInferenceTests {
  @Test(arguments: windows + elementwise + moves + products)
  func `an operator's output has the shape that ONNX says, and that the reference computes`(_ shape: ShapeCase) throws {
    #expect(try shape.node.outputShapes(for: shape.inputs) == shape.outputs)
    guard shape.outputs.allSatisfy({ $0.product < 100_000 }) else { return }
    let arrays = shape.inputs.map { ReferenceArray(shape: $0) { _ in 1 } }
    #expect(ReferenceInterpreter.results(of: shape.operation, arrays).map(\.shape) == shape.outputs)
  }

  private static let image = [2, 4, 7, 9]

  private static func convolution(
    _ weight: [Int], strides: Extent = Extent(1), dilations: Extent = Extent(1), _ padding: SpatialPadding = .none,
    groups: Int = 1, x: [Int] = image, is output: [Int]
  ) -> ShapeCase {
    let settings = Operator.Convolution(strides: strides, dilations: dilations, padding: padding, groups: groups)
    return ShapeCase(.convolution(settings), [x, weight], output)
  }

  private static func pool(
    _ kernel: Int, stride: Int = 1, dilation: Int = 1, _ padding: SpatialPadding = .none, ceil: Bool = false,
    x: [Int], is output: [Int]
  ) -> ShapeCase {
    let settings = Operator.Pooling(
      kernel: Extent(kernel), strides: Extent(stride), dilations: Extent(dilation), padding: padding, ceilMode: ceil)
    return ShapeCase(.maxPool(settings), [[1, 1] + x], [1, 1] + output)
  }

  static let windows: [ShapeCase] = [
    convolution([8, 4, 3, 3], is: [2, 8, 5, 7]),
    convolution([8, 4, 1, 1], strides: Extent(2), is: [2, 8, 4, 5]),
    convolution([8, 4, 3, 3], strides: Extent(height: 2, width: 3), .all(1), is: [2, 8, 4, 3]),
    convolution([8, 4, 3, 5], .explicit(top: 0, left: 1, bottom: 2, right: 3), is: [2, 8, 7, 9]),
    convolution([8, 4, 3, 3], dilations: Extent(3), is: [2, 8, 1, 3]),
    convolution([8, 4, 3, 3], dilations: Extent(height: 1, width: 4), is: [2, 8, 5, 1]),
    convolution([4, 1, 3, 3], .all(1), groups: 4, is: [2, 4, 7, 9]),
    convolution([8, 1, 3, 3], .all(1), groups: 4, is: [2, 8, 7, 9]),
    convolution([6, 2, 3, 3], .all(1), groups: 2, is: [2, 6, 7, 9]),
    // SAME: ⌈input / stride⌉, whatever the kernel
    convolution([8, 4, 3, 3], .sameUpper, is: [2, 8, 7, 9]),
    convolution([8, 4, 2, 2], .sameLower, is: [2, 8, 7, 9]),
    convolution([8, 4, 5, 5], strides: Extent(2), .sameUpper, is: [2, 8, 4, 5]),
    convolution([8, 4, 3, 3], strides: Extent(4), .sameLower, is: [2, 8, 2, 3]),
    convolution([8, 4, 1, 1], strides: Extent(3), .sameUpper, is: [2, 8, 3, 3]),
    convolution([8, 4, 3, 3], dilations: Extent(5), .sameUpper, is: [2, 8, 7, 9]),
    ShapeCase(.convolution(.init()), [image, [8, 4, 3, 3], [8]], [2, 8, 5, 7]),

    pool(2, stride: 2, x: [7, 8], is: [3, 4]),
    pool(2, stride: 2, ceil: true, x: [7, 8], is: [4, 4]),
    pool(3, stride: 2, .all(1), x: [7, 8], is: [4, 4]),
    pool(3, stride: 2, .all(1), ceil: true, x: [7, 8], is: [4, 5]),
    // The last window would begin in the border, and is dropped: PyTorch's rule.
    pool(2, stride: 2, .all(1), ceil: true, x: [3, 2], is: [2, 2]),
    pool(1, stride: 3, ceil: true, x: [4, 5], is: [2, 2]),
    pool(3, dilation: 2, .all(2), x: [7, 8], is: [7, 8]),
    pool(2, stride: 2, .sameUpper, x: [7, 8], is: [4, 4]),
    pool(3, stride: 2, .sameLower, ceil: true, x: [7, 8], is: [4, 4]),
    ShapeCase(.averagePool(.init(kernel: Extent(7)), includesPadding: true), [[3, 5, 7, 7]], [3, 5, 1, 1]),
    ShapeCase(.globalPool(.average), [[3, 5, 7, 8]], [3, 5, 1, 1]),
    ShapeCase(.globalPool(.maximum), [[3, 5, 7, 8]], [3, 5, 1, 1]),
  ]

  static let elementwise: [ShapeCase] = [
    ShapeCase(.activation(.relu), [[2, 3]], [2, 3]),
    ShapeCase(.dropout(ratio: 0.5), [[2]], [2]),
    ShapeCase(.identity, [[]], []),
    ShapeCase(.batchNormalization(.init()), [[2, 3, 4, 5], [3], [3], [3], [3]], [2, 3, 4, 5]),
    ShapeCase(.batchNormalization(.init()), [[2, 3], [3], [3], [3], [3]], [2, 3]),
    ShapeCase(.parametricRelu, [[2, 3, 4, 5], [3, 1, 1]], [2, 3, 4, 5]),
    ShapeCase(.parametricRelu, [[2, 3, 4, 5], [1]], [2, 3, 4, 5]),
    ShapeCase(.binary(.add), [[2, 3, 4, 5], [2, 3, 1, 1]], [2, 3, 4, 5]),
    ShapeCase(.binary(.multiply), [[3, 1, 1], [2, 1, 4, 5]], [2, 3, 4, 5]),
    ShapeCase(.binary(.subtract), [[], [2]], [2]),
    ShapeCase(.binary(.divide), [[2, 1], [1, 3]], [2, 3]),
    ShapeCase(.softmax(axis: 1), [[2, 3]], [2, 3]),
    ShapeCase(.logSoftmax(axis: 0), [[2, 3]], [2, 3]),
    ShapeCase(.localResponseNormalization(.init(size: 5)), [[2, 3, 4, 5]], [2, 3, 4, 5]),
  ]

  static let moves: [ShapeCase] = [
    ShapeCase(.concatenation(axis: 1), [[2, 3, 4], [2, 5, 4], [2, 1, 4]], [2, 9, 4]),
    ShapeCase(.concatenation(axis: 0), [[2]], [2]),
    ShapeCase(.split(axis: 1, sizes: [1, 4]), [[2, 5, 3]], [2, 1, 3], [2, 4, 3]),
    ShapeCase(.slice([SliceRange(axis: 1, start: 1, end: 3)]), [[2, 5]], [2, 2]),
    ShapeCase(.slice([SliceRange(axis: 1, start: -3, end: -1)]), [[2, 5]], [2, 2]),
    ShapeCase(.slice([SliceRange(axis: 1, start: 0, end: .max, step: 2)]), [[2, 5]], [2, 3]),
    ShapeCase(.slice([SliceRange(axis: 1, start: -1, end: .min, step: -1)]), [[2, 5]], [2, 5]),
    ShapeCase(.slice([SliceRange(axis: 1, start: .max, end: .min, step: -2)]), [[2, 5]], [2, 3]),
    ShapeCase(.slice([SliceRange(axis: 1, start: .min, end: .max, step: .max)]), [[2, 5]], [2, 1]),
    ShapeCase(.slice([SliceRange(axis: 1, start: .max, end: .min, step: .min)]), [[2, 5]], [2, 1]),
    ShapeCase(.slice([SliceRange(axis: 1, start: -9, end: .min, step: -1)]), [[2, 5]], [2, 1]),
    ShapeCase(.slice([SliceRange(axis: 1, start: 3, end: 0, step: -2)]), [[2, 5]], [2, 2]),
    ShapeCase(
      .slice([SliceRange(axis: 0, start: 1, end: 2), SliceRange(axis: 1, start: 4, end: 9)]), [[2, 5]], [1, 1]),
    ShapeCase(.mean(axes: [2, 3], keepsDimensions: true), [[2, 3, 4, 5]], [2, 3, 1, 1]),
    ShapeCase(.mean(axes: [2, 3], keepsDimensions: false), [[2, 3, 4, 5]], [2, 3]),
    ShapeCase(.mean(axes: [0], keepsDimensions: false), [[2]], []),
    ShapeCase(.flatten(axis: 1), [[2, 3, 4, 5]], [2, 60]),
    ShapeCase(.flatten(axis: 0), [[2, 3]], [1, 6]),
    ShapeCase(.flatten(axis: 2), [[2, 3]], [6, 1]),
    ShapeCase(.reshape([.copy(axis: 0), .inferred]), [[2, 3, 4]], [2, 12]),
    ShapeCase(.reshape([.inferred, .fixed(2), .copy(axis: 2)]), [[2, 3, 4]], [3, 2, 4]),
    ShapeCase(.reshape([.fixed(6)]), [[2, 3]], [6]),
    ShapeCase(.reshape([]), [[1, 1]], []),
    ShapeCase(.transpose(permutation: [0, 2, 3, 1]), [[2, 3, 4, 5]], [2, 4, 5, 3]),
    ShapeCase(.squeeze(axes: [3, 2]), [[2, 3, 1, 1]], [2, 3]),
    ShapeCase(.unsqueeze(axes: [3, 0]), [[2, 3]], [1, 2, 3, 1]),
    ShapeCase(.pad(.init(before: [0, 1], after: [0, 2])), [[2, 3]], [2, 6]),
    ShapeCase(.pad(.init(before: [0, -1], after: [0, 2])), [[2, 3]], [2, 4]),
  ]

  static let products: [ShapeCase] = [
    ShapeCase(.gemm(.init()), [[2, 3], [3, 4]], [2, 4]),
    ShapeCase(.gemm(.init(transposesB: true)), [[2, 3], [4, 3], [4]], [2, 4]),
    ShapeCase(.gemm(.init(transposesA: true)), [[3, 2], [3, 4], [2, 1]], [2, 4]),
    ShapeCase(.matrixMultiplication, [[2, 3], [3, 4]], [2, 4]),
    ShapeCase(.matrixMultiplication, [[5, 1, 2, 3], [6, 3, 4]], [5, 6, 2, 4]),
    ShapeCase(.matrixMultiplication, [[3], [3, 4]], [4]),
    ShapeCase(.matrixMultiplication, [[2, 3], [3]], [2]),
    ShapeCase(.matrixMultiplication, [[3], [3]], []),
  ]
}
