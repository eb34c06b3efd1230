import NeuralNet
import Testing

/// What does not fit is an error that names the node and says what would fit; no number makes shape inference trap.
@Suite struct WrongShapeTests {
  @Test(arguments: wrong)
  func `shapes that do not fit are refused`(_ shape: ShapeCase, text: String) {
    let error = #expect(throws: GraphError.self) { try shape.node.outputShapes(for: shape.inputs) }
    #expect(error?.node == "node")
    #expect(error?.operatorName == shape.operation.name)
    #expect(error?.kind == .shape(text))
  }

  private static func convolution(
    strides: Int = 1, dilations: Int = 1, padding: SpatialPadding = .none, groups: Int = 1, _ inputs: [Int]...
  ) -> ShapeCase {
    let settings = Operator.Convolution(
      strides: Extent(strides), dilations: Extent(dilations), padding: padding, groups: groups)
    return ShapeCase(.convolution(settings), inputs)
  }

  private static let x = [1, 4, 7, 7]
  private static let notSound = "kernel, strides and dilations must be positive and padding not negative"
  private static let noPixel =
    "a border as wide as the kernel, or dilation beyond the image, leaves windows without a pixel"

  static let wrong: [(ShapeCase, String)] = [
    (convolution([4, 7, 7], [8, 4, 3, 3]), "wants four axes [N,C,H,W], not the shape [4, 7, 7]"),
    (convolution(x, [8, 4, 3]), "weight has shape [8, 4, 3], not [O,C/groups,kH,kW]"),
    (convolution(x, [8, 3, 3, 3]), "weight [8, 3, 3, 3] wants 3 input channels, not 4"),
    (convolution(groups: 3, x, [8, 4, 3, 3]), "3 groups do not divide 4 input and 8 output channels"),
    (convolution(groups: 0, x, [8, 4, 3, 3]), "0 groups do not divide 4 input and 8 output channels"),
    (convolution(groups: .min, x, [8, 4, 3, 3]), "\(Int.min) groups do not divide 4 input and 8 output channels"),
    (convolution(x, [8, 4, 3, 3], [4]), "bias has shape [4], not [8]"),
    (convolution(x, [8, 4, 9, 3]), "the kernel does not fit into 7×7 pixels and their border"),
    (convolution(dilations: 4, x, [8, 4, 3, 3]), "the kernel does not fit into 7×7 pixels and their border"),
    (convolution(strides: 0, x, [8, 4, 3, 3]), notSound),
    (convolution(strides: .max, x, [8, 4, 3, 3]), notSound),
    (convolution(dilations: .min, x, [8, 4, 3, 3]), notSound),
    (convolution(padding: .all(-1), x, [8, 4, 3, 3]), notSound),
    (convolution(padding: .all(.max), x, [8, 4, 3, 3]), notSound),
    (
      convolution([1, .max, .max, 2], [8, 4, 3, 3]),
      "input 'i0' of shape [1, \(Int.max), \(Int.max), 2] is empty or too large"
    ),
    (convolution([1, 4, 0, 7], [8, 4, 3, 3]), "input 'i0' of shape [1, 4, 0, 7] is empty or too large"),
    (convolution(x, [0, 4, 3, 3]), "input 'i1' of shape [0, 4, 3, 3] is empty or too large"),

    (ShapeCase(.maxPool(.init(kernel: Extent(0))), [x]), notSound),
    (ShapeCase(.maxPool(.init(kernel: Extent(8))), [x]), "the kernel does not fit into 7×7 pixels and their border"),
    (ShapeCase(.maxPool(.init(kernel: Extent(2), padding: .all(2))), [x]), noPixel),
    (
      ShapeCase(
        .averagePool(.init(kernel: Extent(2), dilations: Extent(8), padding: .all(1)), includesPadding: false), [x]),
      noPixel
    ),
    (ShapeCase(.maxPool(.init(kernel: Extent(1))), [[1, 4, 7]]), "wants four axes [N,C,H,W], not the shape [1, 4, 7]"),
    (ShapeCase(.globalPool(.average), [[1, 4, 7]]), "wants four axes [N,C,H,W], not the shape [1, 4, 7]"),
    (ShapeCase(.batchNormalization(.init()), [[4], [4], [4], [4], [4]]), "wants at least two axes, not the shape [4]"),
    (ShapeCase(.batchNormalization(.init()), [x, [4], [4], [7], [4]]), "mean has shape [7], not [4]"),
    (ShapeCase(.parametricRelu, [[4, 1, 1], x]), "slope [1, 4, 7, 7] does not broadcast to [4, 1, 1]"),
    (ShapeCase(.binary(.add), [[2, 3], [2]]), "[2, 3] and [2] do not broadcast"),
    (ShapeCase(.softmax(axis: 2), [[2, 3]]), "axis 2 is outside of the shape [2, 3]"),
    (ShapeCase(.logSoftmax(axis: -1), [[2, 3]]), "axis -1 is outside of the shape [2, 3]"),
    (ShapeCase(.concatenation(axis: 1), [[2, 3], [3, 3]]), "[3, 3] and [2, 3] differ in more than axis 1"),
    (ShapeCase(.concatenation(axis: 1), [[2, 3], [2, 3, 1]]), "[2, 3, 1] and [2, 3] differ in more than axis 1"),
    (ShapeCase(.concatenation(axis: .max), [[2, 3]]), "axis \(Int.max) is outside of the shape [2, 3]"),
    (ShapeCase(.split(axis: 0, sizes: [1, 2]), [[4]]), "sizes [1, 2] do not add up to the extent 4 of axis 0"),
    (ShapeCase(.split(axis: 0, sizes: [5, -1]), [[4]]), "sizes [5, -1] do not add up to the extent 4 of axis 0"),
    (
      ShapeCase(.split(axis: 0, sizes: [.max, .max]), [[4]]),
      "sizes [\(Int.max), \(Int.max)] do not add up to the extent 4 of axis 0"
    ),
    (ShapeCase(.slice([SliceRange(axis: 0, start: 0, end: 1, step: 0)]), [[4]]), "has a step of zero along axis 0"),
    (ShapeCase(.slice([SliceRange(axis: 1, start: 0, end: 1)]), [[4]]), "axis 1 is outside of the shape [4]"),
    (
      ShapeCase(.slice([SliceRange(axis: 0, start: 0, end: 1), SliceRange(axis: 0, start: 0, end: 1)]), [[4]]),
      "takes two parts of one axis"
    ),
    (
      ShapeCase(.slice([SliceRange(axis: 0, start: 3, end: 3)]), [[4]]), "would have an output of shape [0]"
    ),
    (ShapeCase(.binary(.add), [[1 << 16, 1], [1, 1 << 16]]), "output of shape [65536, 65536] is too large"),
    (ShapeCase(.mean(axes: [4], keepsDimensions: true), [x]), "axis 4 is outside of the shape [1, 4, 7, 7]"),
    (ShapeCase(.flatten(axis: 5), [x]), "axis 5 is outside of the shape [1, 4, 7, 7]"),
    (ShapeCase(.reshape([.fixed(5)]), [[2, 3]]), "[2, 3] has 6 values, [5] has room for 5"),
    (ShapeCase(.reshape([.fixed(4), .inferred]), [[2, 3]]), "6 values of [2, 3] do not divide into [4, 1]"),
    (ShapeCase(.reshape([.inferred, .inferred]), [[2, 3]]), "more than one extent is left to be inferred"),
    (ShapeCase(.reshape([.copy(axis: 2)]), [[2, 3]]), "axis 2 is outside of the shape [2, 3]"),
    (ShapeCase(.reshape([.fixed(0), .inferred]), [[2, 3]]), "would have an output of shape [0, 1]"),
    (
      ShapeCase(.reshape([.fixed(.max), .fixed(.max)]), [[2, 3]]),
      "output of shape [\(Int.max), \(Int.max)] is too large"
    ),
    (ShapeCase(.transpose(permutation: [0, 0]), [[2, 3]]), "[0, 0] is no permutation of the axes of [2, 3]"),
    (ShapeCase(.squeeze(axes: [1]), [[2, 3]]), "axis 1 of [2, 3] has not extent 1"),
    (ShapeCase(.unsqueeze(axes: [3]), [[2, 3]]), "axes [3] do not fit an output of 3 axes"),
    (ShapeCase(.unsqueeze(axes: [1, 1]), [[2, 3]]), "axes [1, 1] do not fit an output of 4 axes"),
    (ShapeCase(.gemm(.init()), [[2, 3], [4, 3]]), "weight [4, 3] wants 4 features, not 3"),
    (ShapeCase(.gemm(.init()), [[2, 3, 1], [3, 4]]), "wants two matrices, not the shapes [2, 3, 1] and [3, 4]"),
    (ShapeCase(.gemm(.init()), [[2, 3], [3, 4], [5]]), "[2, 4] and [5] do not broadcast"),
    (ShapeCase(.gemm(.init()), [[2, 3], [3, 4], [1, 2, 4]]), "bias [1, 2, 4] does not broadcast to [2, 4]"),
    (ShapeCase(.matrixMultiplication, [[2, 3], [2, 3]]), "[2, 3] and [2, 3] do not fit to be multiplied"),
    (ShapeCase(.matrixMultiplication, [[], [2, 3]]), "wants two matrices, not the shapes [] and [2, 3]"),
    (ShapeCase(.matrixMultiplication, [[2, 1, 3], [5, 3, 1]]), "[2] and [5] do not broadcast"),
    (ShapeCase(.pad(.init(before: [1], after: [1, 1])), [[2, 3]]), "1 and 2 widths for the 2 axes of [2, 3]"),
    (
      ShapeCase(.pad(.init(before: [.max], after: [.max])), [[2]]),
      "widths \(Int.max) and \(Int.max) along axis 0 are out of range"
    ),
    (
      ShapeCase(.pad(.init(before: [.min], after: [0])), [[2]]),
      "widths \(Int.min) and 0 along axis 0 are out of range"
    ),
    (ShapeCase(.pad(.init(before: [-2], after: [5])), [[2]]), "crops -2 and 5 of an extent of 2 along axis 0"),
    (ShapeCase(.localResponseNormalization(.init(size: 0)), [x]), "size 0 is not positive"),
    (
      ShapeCase(.localResponseNormalization(.init(size: 5)), [[2, 3]]),
      "wants four axes [N,C,H,W], not the shape [2, 3]"
    ),
  ]

  @Test func `numbers of any size are answered, not trapped on`() {
    let extremes = [Int.min, Int.min + 1, -1, 0, 1, 2, 1 << 20, 1 << 31, 1 << 62, Int.max - 1, Int.max]
    for (a, b) in extremes.flatMap({ a in extremes.map { (a, $0) } }) {
      let pooling = Operator.Pooling(
        kernel: Extent(height: a, width: b), strides: Extent(height: b, width: a), dilations: Extent(a),
        padding: .explicit(top: a, left: b, bottom: b, right: a), ceilMode: true)
      let operations: [Operator] = [
        .maxPool(pooling), .averagePool(pooling, includesPadding: true),
        .maxPool(.init(kernel: Extent(a), strides: Extent(b), dilations: Extent(b), padding: .sameUpper)),
        .convolution(.init(strides: Extent(a), dilations: Extent(b), padding: .sameLower)),
        .convolution(.init(padding: .explicit(top: a, left: b, bottom: a, right: b), groups: b)),
        .softmax(axis: a), .concatenation(axis: a), .split(axis: 1, sizes: [a, b]), .split(axis: a, sizes: [b]),
        .slice([SliceRange(axis: 1, start: a, end: b)]), .slice([SliceRange(axis: 1, start: a, end: b, step: -1)]),
        .slice([SliceRange(axis: 1, start: 0, end: a, step: b)]), .slice([SliceRange(axis: a, start: 0, end: 1)]),
        .mean(axes: [a, b], keepsDimensions: false), .flatten(axis: a), .reshape([.fixed(a), .fixed(b)]),
        .reshape([.fixed(a), .inferred]), .reshape([.copy(axis: a)]), .transpose(permutation: [0, a, b, 1]),
        .squeeze(axes: [a, b]), .unsqueeze(axes: [a, b]),
        .pad(.init(before: [a, b, 0, 0], after: [b, a, b, b])),
        .localResponseNormalization(.init(size: a)), .binary(.add), .matrixMultiplication, .gemm(.init()),
      ]
      for operation in operations {
        for shape in [[1, 4, 7, 9], [a, b, 7, 9], [a, b]] {
          var inputs = [shape]
          switch operation {
          case .convolution, .binary, .matrixMultiplication, .gemm: inputs.append([b, 4, a, 3])
          default: break
          }
          for result in (try? ShapeCase(operation, inputs).node.outputShapes(for: inputs)) ?? [] {
            #expect(result.allSatisfy { $0 > 0 }, "\(operation) of \(inputs)")
          }
        }
      }
    }
  }
}
