public import NeuralNet

extension Tensor {
  /// The first rows along the first axis.
  public func rows(_ count: Int) -> Tensor {
    let length = shape.dropFirst().product
    return Tensor(shape: [count] + shape.dropFirst(), scalars: Array(scalars[..<(count * length)]))
  }

  /// The largest difference, as a share of the largest expected magnitude; infinite where a value is not a number.
  public func relativeError(to expected: Tensor) -> Float {
    guard shape == expected.shape else { return .infinity }
    let scale = expected.scalars.map(abs).max() ?? 0
    let difference = zip(scalars, expected.scalars).map { abs($0 - $1) }.max() ?? 0
    // max() passes over a NaN.
    if scalars.contains(where: \.isNaN) { return .infinity }
    return difference / max(scale, .leastNormalMagnitude)
  }
}
