/// A dense float32 array in host memory, row-major (images are NCHW: batch, channels, height, width).
///
/// Weights are kept at this precision whatever a file stores them as; inference plans narrow them when they pack them.
public struct Tensor: Sendable, Hashable {
  /// The extent of each axis; empty for a scalar.
  public let shape: [Int]
  /// The values in row-major order; `scalars.count` is the product of `shape`.
  public private(set) var scalars: [Float]

  /// A tensor of `shape` with `scalars` in row-major order. Their numbers must match.
  public init(shape: [Int], scalars: [Float]) {
    precondition(scalars.count == shape.product, "shape \(shape) has room for \(shape.product), not \(scalars.count)")
    self.shape = shape
    self.scalars = scalars
  }

  /// A tensor of `shape` filled with one value.
  public init(shape: [Int], repeating value: Float) {
    self.init(shape: shape, scalars: [Float](repeating: value, count: shape.product))
  }

  /// A tensor without axes.
  public init(_ scalar: Float) {
    self.init(shape: [], scalars: [scalar])
  }

  /// Changes the values in place.
  public mutating func withUnsafeMutableScalars<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try scalars.withUnsafeMutableBufferPointer { try body($0) }
  }

  /// The number of values.
  public var count: Int { scalars.count }

  /// The same values under another shape of the same product.
  public func reshaped(to shape: [Int]) -> Tensor { Tensor(shape: shape, scalars: scalars) }
}

extension Collection<Int> {
  /// The number of values in an array of this shape.
  @inlinable public var product: Int { reduce(1, *) }
}
