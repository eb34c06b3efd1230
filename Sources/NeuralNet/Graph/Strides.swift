extension [Int] {
  /// Distances between neighbours along each axis of a row-major array of this shape, in values.
  package var rowMajorStrides: [Int] {
    var strides = self
    var step = 1
    for axis in indices.reversed() {
      strides[axis] = step
      step *= self[axis]
    }
    return strides
  }

  /// Calls `body`, in row-major order over this shape, with the offset of each place in an array of these strides.
  package func forEachOffset(_ strides: [Int], from start: Int = 0, _ body: (Int) -> Void) {
    guard !isEmpty else { return body(start) }
    var index = [Int](repeating: 0, count: count)
    var offset = start
    for _ in 0..<product {
      body(offset)
      // Counts like an odometer.
      var axis = count - 1
      while axis >= 0 {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < self[axis] { break }
        offset -= index[axis] * strides[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
