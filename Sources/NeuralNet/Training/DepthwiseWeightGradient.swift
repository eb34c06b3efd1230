/// The gradient of a depthwise convolution's kernel: `dW[c, i, j] = Σ x[n, c, y · s + i − p, x · s + j − p] · g[n, c, y, x]`.
///
/// The one product that is written by hand here: oneDNN 2.6 has compiled code for it only with 3×3 kernels on maps that
/// are not small, and falls back to a matrix product for every single channel, which took half of a training step of
/// EfficientNet.
struct DepthwiseWeightGradient: Sendable {
  private typealias Lane = SIMD16<Float>

  private let shape: [Int]
  private let output: [Int]
  private let geometry: PrimitiveDescription.Geometry

  /// - Parameters:
  ///   - input: [N,C,H,W]
  ///   - output: [N,C,H′,W′]
  init(input: [Int], output: [Int], _ geometry: PrimitiveDescription.Geometry) {
    shape = input
    self.output = output
    self.geometry = geometry
  }

  /// - Parameters:
  ///   - source: in blocks of sixteen channels, nChw16c, the last block filled up.
  ///   - gradient: of the output, nChw16c.
  ///   - result: [C,1,kH,kW], row-major.
  func run(_ source: UnsafeRawPointer, _ gradient: UnsafeRawPointer, _ result: UnsafeMutablePointer<Float>) {
    let x = source.assumingMemoryBound(to: Lane.self)
    let g = gradient.assumingMemoryBound(to: Lane.self)
    let (images, channels) = (shape[0], shape[1])
    let blocks = (channels + 15) / 16
    let (area, outputArea) = (shape[2] * shape[3], output[2] * output[3])
    let kernel = geometry.kernel
    let rows = (0..<kernel.height).map { tap in
      Self.reach(tap, geometry.strides.height, geometry.dilations.height, geometry.before.height, shape[2], output[2])
    }
    let columns = (0..<kernel.width).map { tap in
      Self.reach(tap, geometry.strides.width, geometry.dilations.width, geometry.before.width, shape[3], output[3])
    }
    let (stride, width, outputWidth) = (geometry.strides, shape[3], output[3])
    withUnsafeTemporaryAllocation(of: Lane.self, capacity: kernel.height * kernel.width) { sums in
      for block in 0..<blocks {
        sums.update(repeating: .zero)
        for image in 0..<images {
          // One image's block of both maps stays in the first cache for all taps.
          let map = x + (image * blocks + block) * area
          let arrived = g + (image * blocks + block) * outputArea
          for i in 0..<kernel.height {
            for j in 0..<kernel.width {
              let (row, column) = (rows[i], columns[j])
              var sum = sums[i * kernel.width + j]
              for y in row.range {
                var from =
                  map + (y * stride.height + row.offset) * width + column.offset
                  + column.range.lowerBound * stride.width
                var to = arrived + y * outputWidth + column.range.lowerBound
                for _ in 0..<column.range.count {
                  sum += from.pointee * to.pointee
                  from += stride.width
                  to += 1
                }
              }
              sums[i * kernel.width + j] = sum
            }
          }
        }
        let taps = sums.count
        for channel in 0..<min(16, channels - 16 * block) {
          for tap in 0..<taps { result[(16 * block + channel) * taps + tap] = sums[tap][channel] }
        }
      }
    }
  }

  /// The output places at which one tap lies inside the map, and the tap's place for the first output.
  private static func reach(
    _ tap: Int, _ stride: Int, _ dilation: Int, _ before: Int, _ input: Int, _ output: Int
  ) -> (range: Range<Int>, offset: Int) {
    let offset = tap * dilation - before
    let first = offset < 0 ? (-offset + stride - 1) / stride : 0
    let last = offset < input ? min(output, (input - 1 - offset) / stride + 1) : 0
    return (first < last ? first..<last : 0..<0, offset)
  }
}
