/// Rounds pictures to what a PNG file can hold, without leaving a budget.
enum WholePixels {
  /// Whole numbers 0…255 within a Euclidean distance of the original.
  ///
  /// Rounding may lead out of the ball; then a little less is rounded.
  /// - Parameters:
  ///   - pixels: within the radius of the original, but for what rounding may add.
  ///   - radius: on the scale of the pixels.
  static func withinL2(
    _ pixels: ArraySlice<Float>, of original: ArraySlice<Float>, radius: Float
  ) -> [Float] {
    var (scale, step): (Float, Float) = (1, 0.001)
    while true {
      var (rounded, sum): ([Float], Float) = ([], 0)
      rounded.reserveCapacity(pixels.count)
      for (pixel, original) in zip(pixels, original) {
        let moved = scale == 1 ? pixel : original + (pixel - original) * scale
        let value = min(max(moved.rounded(), 0), 255)
        sum += (value - original) * (value - original)
        rounded.append(value)
      }
      if sum.squareRoot() <= radius || scale <= 0 { return rounded }
      (scale, step) = (max(0, scale - step), 2 * step)
    }
  }
}
