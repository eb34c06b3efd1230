internal import NeuralNet

/// An array whose values are known at import: a weight, or an integer on the way to some shape.
struct Constant: Hashable {
  /// Every floating-point type is held as float32, every integer type (and bool) as 64 bits.
  enum Values: Hashable {
    case floats([Float])
    case integers([Int])

    var count: Int {
      switch self {
      case .floats(let floats): floats.count
      case .integers(let integers): integers.count
      }
    }
  }

  /// The extent of each axis; empty for a scalar.
  let shape: [Int]
  /// In row-major order, as many as `shape` has room for.
  let values: Values

  init(shape: [Int], _ values: Values) {
    assert(values.count == shape.product)
    self.shape = shape
    self.values = values
  }

  init(_ integers: [Int]) { self.init(shape: [integers.count], .integers(integers)) }

  var count: Int { values.count }

  func reshaped(to shape: [Int]) -> Constant { Constant(shape: shape, values) }

  /// The values, if they are integers.
  var integers: [Int]? { if case .integers(let integers) = values { integers } else { nil } }
  /// The values, if they are floating-point numbers.
  var floats: [Float]? { if case .floats(let floats) = values { floats } else { nil } }
}

extension [Int] {
  /// The most axes an array may have: oneDNN's limit.
  static let largestRank = 12

  /// The number of values in an array of this claimed shape, or nil if it is negative somewhere or not countable.
  var checkedCount: Int? {
    guard count <= Self.largestRank, allSatisfy({ $0 >= 0 }) else { return nil }
    if contains(0) { return 0 }
    var count = 1
    for extent in self {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= Int(Int32.max) else { return nil }
      count = product
    }
    return count
  }
}
