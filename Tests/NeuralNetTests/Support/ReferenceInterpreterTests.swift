import Foundation
import NeuralNet
import Testing

/// The oracle itself, held against numbers worked out by hand or taken from the ONNX specification's examples.
@Suite struct ReferenceInterpreterTests {
  private static let grid = ReferenceArray(shape: [1, 1, 5, 5], scalars: (0..<25).map(Double.init))

  private func result(_ operation: Operator, _ arguments: ReferenceArray...) -> [Double] {
    ReferenceInterpreter.results(of: operation, arguments)[0].scalars
  }

  private func ones(_ shape: Int...) -> ReferenceArray { ReferenceArray(shape: shape) { _ in 1 } }

  @Test func `convolution, from ONNX's examples`() {
    #expect(
      result(.convolution(.init(padding: .all(1))), Self.grid, ones(1, 1, 3, 3)) == [
        12, 21, 27, 33, 24, 33, 54, 63, 72, 51, 63, 99, 108, 117, 81, 93, 144, 153, 162, 111, 72, 111, 117, 123, 84,
      ])
    #expect(
      result(.convolution(.init(strides: Extent(2), padding: .sameLower)), Self.grid, ones(1, 1, 3, 3)) == [
        12, 27, 24, 63, 108, 81, 72, 117, 84,
      ])
    #expect(
      result(
        .convolution(.init(strides: Extent(2), padding: .explicit(top: 1, left: 0, bottom: 1, right: 0))), Self.grid,
        ones(1, 1, 3, 3)) == [21, 33, 99, 117, 111, 123])
  }

  @Test func `groups, dilation and bias of a convolution`() {
    let x = ReferenceArray(shape: [1, 2, 1, 3], scalars: [1, 2, 3, 10, 20, 30])
    let weight = ReferenceArray(shape: [2, 1, 1, 2], scalars: [1, 1, 1, -1])
    let bias = ReferenceArray(shape: [2], scalars: [0.5, 0])
    let settings = Operator.Convolution(dilations: Extent(2), groups: 2)
    #expect(result(.convolution(settings), x, weight, bias) == [4.5, -20])
  }

  @Test func `pooling, from ONNX's examples`() {
    let x = ReferenceArray(shape: [1, 1, 5, 5], scalars: (1...25).map(Double.init))
    let padded = Operator.Pooling(kernel: Extent(5), padding: .all(2))
    #expect(
      result(.maxPool(padded), x)
        == [13, 14, 15, 15, 15, 18, 19, 20, 20, 20] + [[Double]](repeating: [23, 24, 25, 25, 25], count: 3).joined())
    #expect(result(.averagePool(padded, includesPadding: false), x).prefix(5) == [7, 7.5, 8, 8.5, 9])
    #expect(
      result(.averagePool(padded, includesPadding: true), x).prefix(5).elementsEqual(
        [2.52, 3.6, 4.8, 4.08, 3.24]) { abs($0 - $1) < 1e-6 })
    let four = ReferenceArray(shape: [1, 1, 4, 4], scalars: (1...16).map(Double.init))
    let ceil = Operator.Pooling(kernel: Extent(3), strides: Extent(2), ceilMode: true)
    #expect(result(.maxPool(ceil), four) == [11, 12, 15, 16])
    #expect(result(.averagePool(ceil, includesPadding: false), four) == [6, 7.5, 12, 13.5])
    #expect(
      result(.maxPool(.init(kernel: Extent(2), dilations: Extent(2))), four) == [11, 12, 15, 16])
    #expect(
      result(.maxPool(.init(kernel: Extent(3), strides: Extent(2), padding: .sameUpper)), x)
        == [7, 9, 10, 17, 19, 20, 22, 24, 25])
  }

  @Test func `slices, from ONNX's examples`() {
    let x = ReferenceArray(shape: [2, 4], scalars: [1, 2, 3, 4, 5, 6, 7, 8])
    let first = [SliceRange(axis: 0, start: 1, end: 2), SliceRange(axis: 1, start: 0, end: 3, step: 2)]
    #expect(result(.slice(first), x) == [5, 7])
    #expect(
      result(.slice([SliceRange(axis: 0, start: 0, end: -1), SliceRange(axis: 1, start: 1, end: 1000)]), x) == [
        2, 3, 4,
      ])
    #expect(result(.slice([SliceRange(axis: 1, start: -1, end: .min, step: -3)]), x) == [4, 1, 8, 5])
  }

  @Test func `products`() {
    let a = ReferenceArray(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6])
    let b = ReferenceArray(shape: [2, 3], scalars: [1, 0, 1, 0, 1, 0])
    let c = ReferenceArray(shape: [2], scalars: [100, 200])
    #expect(result(.gemm(.init(alpha: 2, beta: 0.5, transposesB: true)), a, b, c) == [58, 104, 70, 110])
    #expect(result(.gemm(.init(transposesA: true)), a, b) == [1, 4, 1, 2, 5, 2, 3, 6, 3])
    #expect(result(.matrixMultiplication, a, b.reshaped(to: [3, 2])) == [6, 0, 15, 0])
    #expect(result(.matrixMultiplication, a, ReferenceArray(shape: [3], scalars: [1, 0, -1])) == [-2, -2])
    let stacked = ReferenceArray(shape: [2, 1, 2], scalars: [1, 2, 3, 4])
    #expect(result(.matrixMultiplication, stacked, ReferenceArray(shape: [2, 1], scalars: [1, 10])) == [21, 43])
  }

  @Test(
    arguments: [
      (Activation.relu, -2, 0), (.leakyRelu(slope: 0.5), -2, -1), (.clip(lower: 0, upper: 6), 7, 6),
      (.sigmoid, 1, 0.731_058_578_630_004_9), (.hardSigmoid(alpha: 0.25, beta: 0.5), 1, 0.75),
      (.hardSwish, -1.5, -0.375), (.swish, 1, 0.731_058_578_630_004_9), (.tanh, 1, 0.761_594_155_955_764_9),
      (.gelu(tanhApproximation: false), 1, 0.841_344_746_068_542_9),
      (.gelu(tanhApproximation: true), 1, 0.841_191_990_608_276_7), (.erf, 1, 0.842_700_792_949_714_9),
    ] as [(Activation, Double, Double)])
  func `activations`(activation: Activation, x: Double, y: Double) {
    let value = result(.activation(activation), ReferenceArray(shape: [1], scalars: [x]))[0]
    #expect(abs(value - y) < 1e-12)
  }

  @Test func `normalisations`() {
    let x = ReferenceArray(shape: [1, 3, 1, 1], scalars: [1, 2, 4])
    let statistics = ReferenceArray(shape: [3], scalars: [1, 1, 1])
    let four = ReferenceArray(shape: [3], scalars: [4, 4, 4])
    #expect(
      result(.batchNormalization(.init(epsilon: 0)), x, four, statistics, statistics, four) == [1, 3, 7])
    // Of two channels, the window holds this one and the next.
    let settings = Operator.LocalResponseNormalization(size: 2, alpha: 2, beta: 1, bias: 1)
    let normalized = result(.localResponseNormalization(settings), x)
    #expect(zip(x.scalars, normalized).map { ($0 / $1).rounded() } == [6, 21, 17])
    let soft = result(.softmax(axis: 1), ReferenceArray(shape: [1, 2], scalars: [0, log(3)]))
    #expect(zip(soft, [0.25, 0.75]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(result(.mean(axes: [1], keepsDimensions: false), x)[0] == 7.0 / 3)
    #expect(result(.globalPool(.maximum), Self.grid) == [24])
  }

  @Test func `moves`() {
    let x = ReferenceArray(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6])
    #expect(result(.transpose(permutation: [1, 0]), x) == [1, 4, 2, 5, 3, 6])
    let turned = ReferenceInterpreter.results(
      of: .transpose(permutation: [2, 0, 1]), [x.reshaped(to: [1, 2, 3])])[0]
    #expect(turned == ReferenceArray(shape: [3, 1, 2], scalars: [1, 4, 2, 5, 3, 6]))
    #expect(result(.concatenation(axis: 1), x, x) == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
    #expect(result(.pad(.init(before: [0, -1], after: [0, 1], value: 9)), x) == [2, 3, 9, 5, 6, 9])
    #expect(
      result(.parametricRelu, x.map { -$0 }, ReferenceArray(shape: [3], scalars: [1, 2, 0])) == [-1, -4, 0, -4, -10, 0])
    #expect(
      ReferenceInterpreter.results(of: .split(axis: 1, sizes: [1, 2]), [x]).map(\.scalars) == [[1, 4], [2, 3, 5, 6]])
  }
}
