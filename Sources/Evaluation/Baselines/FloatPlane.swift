internal import Base

/// Rows of numbers for loops over pointers.
struct FloatPlane {
  let width: Int
  let height: Int
  private let buffer: FloatBuffer

  /// Of zeros.
  init(_ width: Int, _ height: Int) {
    (self.width, self.height) = (width, height)
    buffer = FloatBuffer(count: width * height)
  }

  /// The first row's first number.
  var start: UnsafeMutablePointer<Float> { buffer.base }

  func row(_ y: Int) -> UnsafeMutablePointer<Float> { start + y * width }

  func clear() { start.update(repeating: 0, count: width * height) }
}

extension UnsafeMutablePointer<Float> {
  /// Adds another row.
  func add(_ other: Self, count: Int) {
    for x in 0..<count { self[x] += other[x] }
  }

  /// Adds the squared differences of two rows.
  func addSquares(_ one: Self, _ other: Self, count: Int) {
    for x in 0..<count {
      let difference = one[x] - other[x]
      self[x] += difference * difference
    }
  }

  /// Adds the products of two rows.
  func addProducts(_ one: Self, _ other: Self, count: Int) {
    for x in 0..<count { self[x] += one[x] * other[x] }
  }
}
