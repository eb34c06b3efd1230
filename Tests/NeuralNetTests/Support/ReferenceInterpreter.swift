import Foundation
import NeuralNet

/// Computes a graph by the definitions of its operators: double precision, plain loops, nothing shared with the engine.
///
/// It is what the engine, the surgery and shape inference are held against, so it finds each output's shape for itself.
/// Slow; for arrays of some thousand values.
struct ReferenceInterpreter {
  let graph: Graph

  init(_ graph: Graph) { self.graph = graph }

  /// Every value of the graph, parameters included.
  ///
  /// - Parameter altering: Called with each computed value before anything else reads it.
  func values(
    for inputs: [String: ReferenceArray], altering: (Node, String, ReferenceArray) -> ReferenceArray = { $2 }
  ) -> [String: ReferenceArray] {
    var values = graph.parameters.mapValues(ReferenceArray.init).merging(inputs) { $1 }
    for node in graph.nodes {
      let arguments = node.inputs.map { name in
        guard let value = values[name] else {
          preconditionFailure("'\(node.name)' reads '\(name)', which is not there")
        }
        return value
      }
      for (output, value) in zip(node.outputs, Self.results(of: node.operation, arguments)) {
        values[output] = altering(node, output, value)
      }
    }
    return values
  }

  /// What an operator computes.
  static func results(of operation: Operator, _ arguments: [ReferenceArray]) -> [ReferenceArray] {
    let x = arguments[0]
    switch operation {
    case .convolution(let convolution):
      return [convolve(x, arguments[1], bias: arguments.count > 2 ? arguments[2] : nil, convolution)]
    case .batchNormalization(let settings):
      let (scale, shift, mean, variance) = (arguments[1], arguments[2], arguments[3], arguments[4])
      return [
        ReferenceArray(shape: x.shape) { index in
          let c = [index[1]]
          return (x[index] - mean[c]) / (variance[c] + Double(settings.epsilon)).squareRoot() * scale[c] + shift[c]
        }
      ]
    case .activation(let activation): return [x.map { apply(activation, $0) }]
    case .parametricRelu: return [elementwise(x, arguments[1]) { $0 < 0 ? $0 * $1 : $0 }]
    case .binary(.add): return [elementwise(x, arguments[1], +)]
    case .binary(.subtract): return [elementwise(x, arguments[1], -)]
    case .binary(.multiply): return [elementwise(x, arguments[1], *)]
    case .binary(.divide): return [elementwise(x, arguments[1], /)]
    case .softmax(let axis): return [softmax(x, axis)]
    case .logSoftmax(let axis): return [softmax(x, axis).map(log)]
    case .concatenation(let axis): return [concatenate(arguments, axis)]
    case .split(let axis, let sizes):
      var start = 0
      return sizes.map { size in
        defer { start += size }
        return x.keeping(Array(start..<start + size), axis: axis)
      }
    case .slice(let ranges):
      return [ranges.reduce(x) { $0.keeping(slice($1, $0.shape[$1.axis]), axis: $1.axis) }]
    case .maxPool(let pooling): return [pool(x, pooling) { taps, _ in taps.max() ?? -.infinity }]
    case .averagePool(let pooling, let includesPadding):
      return [pool(x, pooling) { taps, covered in taps.reduce(0, +) / Double(includesPadding ? covered : taps.count) }]
    case .globalPool(.average): return [mean(x, [2, 3]).reshaped(to: [x.shape[0], x.shape[1], 1, 1])]
    case .globalPool(.maximum):
      return [
        ReferenceArray(shape: [x.shape[0], x.shape[1], 1, 1]) { index in
          var largest = -Double.infinity
          for row in 0..<x.shape[2] {
            for column in 0..<x.shape[3] { largest = max(largest, x[[index[0], index[1], row, column]]) }
          }
          return largest
        }
      ]
    case .mean(let axes, let keepsDimensions):
      let kept = mean(x, axes)
      guard !keepsDimensions else { return [kept] }
      return [kept.reshaped(to: x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })]
    case .flatten(let axis): return [x.reshaped(to: [x.shape[..<axis].product, x.shape[axis...].product])]
    case .reshape(let dimensions): return [reshape(x, dimensions)]
    case .transpose(let permutation):
      return [
        ReferenceArray(shape: permutation.map { x.shape[$0] }) { index in
          var source = index
          for (axis, from) in permutation.enumerated() { source[from] = index[axis] }
          return x[source]
        }
      ]
    case .squeeze(let axes):
      return [x.reshaped(to: x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })]
    case .unsqueeze(let axes): return [x.reshaped(to: axes.sorted().reduce(into: x.shape) { $0.insert(1, at: $1) })]
    case .gemm(let gemm): return [multiply(gemm, x, arguments[1], arguments.count > 2 ? arguments[2] : nil)]
    case .matrixMultiplication: return [multiply(x, arguments[1])]
    case .dropout, .identity: return [x]
    case .pad(let padding): return [pad(x, padding)]
    case .localResponseNormalization(let settings): return [normalizeLocally(x, settings)]
    }
  }

  private static func apply(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .relu: max(x, 0)
    case .leakyRelu(let slope): x < 0 ? Double(slope) * x : x
    case .clip(let lower, let upper): min(max(x, Double(lower)), Double(upper))
    case .sigmoid: 1 / (1 + exp(-x))
    case .hardSigmoid(let alpha, let beta): min(max(Double(alpha) * x + Double(beta), 0), 1)
    case .hardSwish: x * min(max(x / 6 + 0.5, 0), 1)
    case .swish: x / (1 + exp(-x))
    case .tanh: Foundation.tanh(x)
    case .gelu(tanhApproximation: false): x / 2 * (1 + Foundation.erf(x / 2.0.squareRoot()))
    case .gelu(tanhApproximation: true):
      x / 2 * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .erf: Foundation.erf(x)
    }
  }

  private static func elementwise(
    _ a: ReferenceArray, _ b: ReferenceArray, _ function: (Double, Double) -> Double
  ) -> ReferenceArray {
    let rank = max(a.shape.count, b.shape.count)
    func extent(_ shape: [Int], _ axis: Int) -> Int {
      axis < rank - shape.count ? 1 : shape[axis - (rank - shape.count)]
    }
    let shape = (0..<rank).map { axis in
      extent(a.shape, axis) == 1 ? extent(b.shape, axis) : extent(a.shape, axis)
    }
    return ReferenceArray(shape: shape) { function(a[$0], b[$0]) }
  }

  private static func softmax(_ x: ReferenceArray, _ axis: Int) -> ReferenceArray {
    ReferenceArray(shape: x.shape) { index in
      let row = (0..<x.shape[axis]).map { place in
        var other = index
        other[axis] = place
        return x[other]
      }
      let largest = row.max() ?? 0
      return exp(x[index] - largest) / row.reduce(0) { $0 + exp($1 - largest) }
    }
  }

  private static func concatenate(_ parts: [ReferenceArray], _ axis: Int) -> ReferenceArray {
    let places = parts.indices.flatMap { part in (0..<parts[part].shape[axis]).map { (part, $0) } }
    var shape = parts[0].shape
    shape[axis] = places.count
    return ReferenceArray(shape: shape) { index in
      let (part, place) = places[index[axis]]
      var index = index
      index[axis] = place
      return parts[part][index]
    }
  }

  /// ONNX's Slice: negative bounds count from the end, then bounds are clamped.
  private static func slice(_ range: SliceRange, _ extent: Int) -> [Int] {
    func fromFront(_ bound: Int) -> Int { bound < 0 && bound != .min ? bound + extent : bound }
    var taken: [Int] = []
    if range.step > 0 {
      var place = min(max(fromFront(range.start), 0), extent)
      while place < min(fromFront(range.end), extent) {
        taken.append(place)
        place += range.step
      }
    } else {
      var place = min(max(fromFront(range.start), 0), extent - 1)
      while place > max(fromFront(range.end), -1) {
        taken.append(place)
        place += range.step
      }
    }
    return taken
  }

  private static func mean(_ x: ReferenceArray, _ axes: [Int]) -> ReferenceArray {
    let shape = x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] }
    var sums = [Double](repeating: 0, count: shape.product)
    let places = ReferenceArray(shape: shape, scalars: sums.indices.map(Double.init))
    let targets = ReferenceArray(shape: x.shape) { places[$0] }
    for (target, value) in zip(targets.scalars, x.scalars) { sums[Int(target)] += value }
    let count = Double(x.scalars.count / sums.count)
    return ReferenceArray(shape: shape, scalars: sums.map { $0 / count })
  }

  private static func reshape(_ x: ReferenceArray, _ dimensions: [ReshapeDimension]) -> ReferenceArray {
    var shape = dimensions.map { dimension in
      switch dimension {
      case .fixed(let extent): extent
      case .copy(let axis): x.shape[axis]
      case .inferred: -1
      }
    }
    if let inferred = shape.firstIndex(of: -1) { shape[inferred] = x.scalars.count / -shape.product }
    return x.reshaped(to: shape)
  }

  private static func pad(_ x: ReferenceArray, _ padding: Operator.Padding) -> ReferenceArray {
    let shape = x.shape.indices.map { x.shape[$0] + padding.before[$0] + padding.after[$0] }
    return ReferenceArray(shape: shape) { index in
      let source = zip(index, padding.before).map { $0 - $1 }
      let isInside = zip(source, x.shape).allSatisfy { $0 >= 0 && $0 < $1 }
      return isInside ? x[source] : Double(padding.value)
    }
  }

  private static func multiply(
    _ gemm: Operator.Gemm, _ a: ReferenceArray, _ b: ReferenceArray, _ c: ReferenceArray?
  ) -> ReferenceArray {
    let (m, count) = gemm.transposesA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
    let n = gemm.transposesB ? b.shape[0] : b.shape[1]
    return ReferenceArray(shape: [m, n]) { index in
      var sum = 0.0
      for k in 0..<count {
        sum +=
          a[gemm.transposesA ? [k, index[0]] : [index[0], k]] * b[gemm.transposesB ? [index[1], k] : [k, index[1]]]
      }
      return Double(gemm.alpha) * sum + Double(gemm.beta) * (c.map { $0[index] } ?? 0)
    }
  }

  /// NumPy's matmul: vectors become matrices, and the axis that this adds is dropped again.
  private static func multiply(_ a: ReferenceArray, _ b: ReferenceArray) -> ReferenceArray {
    let left = a.shape.count == 1 ? a.reshaped(to: [1] + a.shape) : a
    let right = b.shape.count == 1 ? b.reshaped(to: b.shape + [1]) : b
    let (m, count, n) = (left.shape[left.shape.count - 2], left.shape.last!, right.shape.last!)
    let rank = max(left.shape.count, right.shape.count) - 2
    let batch = (0..<rank).map { axis in
      max(
        axis < rank - (left.shape.count - 2) ? 1 : left.shape[axis - (rank - (left.shape.count - 2))],
        axis < rank - (right.shape.count - 2) ? 1 : right.shape[axis - (rank - (right.shape.count - 2))])
    }
    let product = ReferenceArray(shape: batch + [m, n]) { index in
      let (outer, row, column) = (Array(index.dropLast(2)), index[rank], index[rank + 1])
      return (0..<count).reduce(0) { $0 + left[outer + [row, $1]] * right[outer + [$1, column]] }
    }
    return product.reshaped(to: batch + (a.shape.count == 1 ? [] : [m]) + (b.shape.count == 1 ? [] : [n]))
  }

  /// ONNX's LRN: of `size` channels, ⌊(size − 1) / 2⌋ come before and ⌈(size − 1) / 2⌉ after.
  private static func normalizeLocally(
    _ x: ReferenceArray, _ settings: Operator.LocalResponseNormalization
  ) -> ReferenceArray {
    ReferenceArray(shape: x.shape) { index in
      let first = max(0, index[1] - (settings.size - 1) / 2)
      let last = min(x.shape[1] - 1, index[1] + settings.size / 2)
      let sum = (first...last).reduce(0.0) { sum, channel in
        let neighbour = x[[index[0], channel, index[2], index[3]]]
        return sum + neighbour * neighbour
      }
      let size = Double(settings.size)
      return x[index] / pow(Double(settings.bias) + Double(settings.alpha) / size * sum, Double(settings.beta))
    }
  }
}
