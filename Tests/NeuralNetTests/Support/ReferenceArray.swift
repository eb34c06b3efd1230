import NeuralNet

/// A row-major array in double precision, for ``ReferenceInterpreter``.
struct ReferenceArray: Equatable {
  let shape: [Int]
  var scalars: [Double]

  init(shape: [Int], scalars: [Double]) {
    precondition(shape.product == scalars.count, "\(shape) does not hold \(scalars.count) values")
    self.shape = shape
    self.scalars = scalars
  }

  /// The array whose value at each index is `value(index)`.
  init(shape: [Int], _ value: ([Int]) -> Double) {
    self.shape = shape
    scalars = []
    scalars.reserveCapacity(shape.product)
    var index = [Int](repeating: 0, count: shape.count)
    for _ in 0..<shape.product {
      scalars.append(value(index))
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
  }

  init(_ tensor: Tensor) {
    self.init(shape: tensor.shape, scalars: tensor.scalars.map(Double.init))
  }

  /// The value at an index; an axis of extent 1 is repeated and missing ones in front are ignored, as in NumPy.
  subscript(_ index: [Int]) -> Double {
    var place = 0
    let skipped = index.count - shape.count
    for axis in shape.indices { place = place * shape[axis] + (shape[axis] == 1 ? 0 : index[skipped + axis]) }
    return scalars[place]
  }

  func map(_ function: (Double) -> Double) -> ReferenceArray {
    ReferenceArray(shape: shape, scalars: scalars.map(function))
  }

  func reshaped(to shape: [Int]) -> ReferenceArray { ReferenceArray(shape: shape, scalars: scalars) }

  /// Only these indices of one axis.
  func keeping(_ indices: [Int], axis: Int) -> ReferenceArray {
    var smaller = shape
    smaller[axis] = indices.count
    return ReferenceArray(shape: smaller) { index in
      var index = index
      index[axis] = indices[index[axis]]
      return self[index]
    }
  }

  /// The largest difference to another array, relative to this one's largest value (or to 1, if that is larger).
  func relativeError(of other: ReferenceArray) -> Double {
    guard shape == other.shape else { return .infinity }
    let scale = scalars.reduce(1) { max($0, abs($1)) }
    let differences = zip(scalars, other.scalars).map { abs($0 - $1) / scale }
    return differences.contains(where: \.isNaN) ? .infinity : differences.max() ?? 0
  }
}
