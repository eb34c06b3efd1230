/// What a bilinear resampling along one axis takes from where: a triangle as wide as the reduction is strong, after
/// Pillow's `Resample.c` (`precompute_coeffs` and `normalize_coeffs_8bpc`), in its 22-bit fixed point.
struct ResamplingWeights {
  /// Bits behind the point.
  static let precision: Int32 = 22

  /// For each output in turn, its inputs.
  private(set) var inputs: [Range<Int>] = []
  /// The inputs' weights; an output's begin at its index times ``stride``.
  private(set) var weights: [Int32]
  /// The largest number of inputs.
  let stride: Int

  /// Weights for the outputs in `region`, of the `output` that all `input` would be resized to.
  init(from input: Int, to output: Int, region: Range<Int>) {
    let scale = Double(input) / Double(output)
    // Where there are more outputs than inputs, this is plain interpolation between neighbours.
    let support = max(scale, 1)
    stride = 2 * Int(support.rounded(.up)) + 1
    weights = [Int32](repeating: 0, count: stride * region.count)
    inputs.reserveCapacity(region.count)
    var triangle = [Double](repeating: 0, count: stride)
    for (index, position) in region.enumerated() {
      let center = (Double(position) + 0.5) * scale
      // Conversion cuts off towards zero, as C's does.
      let first = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), input)
      var sum = 0.0
      for offset in 0..<(end - first) {
        let distance = abs((Double(first + offset) - center + 0.5) * (1 / support))
        triangle[offset] = distance < 1 ? 1 - distance : 0
        sum += triangle[offset]
      }
      for offset in 0..<(end - first) {
        let share = sum == 0 ? triangle[offset] : triangle[offset] / sum
        weights[index * stride + offset] = Int32(0.5 + share * Double(1 << Self.precision))
      }
      inputs.append(first..<end)
    }
  }

  /// All inputs that any output takes.
  var span: Range<Int> { inputs.first!.lowerBound..<inputs.last!.upperBound }
}
