internal import Base

/// One channel of a picture at one scale, to compare others with: the maps of Wang et al. 2004 and their gradient.
///
/// With `μ`, `σ²` the mean and variance under the window, `x` the compared and `y` the reference plane, at each pixel
///
///     cs = (2 σ_xy + C₂) / (σ_x² + σ_y² + C₂)        contrast and structure
///     l  = (2 μ_x μ_y + C₁) / (μ_x² + μ_y² + C₁)     luminance
///
/// Both are computed from the difference `d = x − y`, as `cs = 1 − σ_d² / (σ_x² + σ_y² + C₂)` and
/// `l = 1 − μ_d² / (μ_x² + μ_y² + C₁)`: pictures that hardly differ are what matters here, and what tells them apart
/// would otherwise be lost between the squares of grey levels in single precision.
final class SSIMScale {
  let width: Int
  let height: Int
  /// Wang et al.'s constants for the value range 255.
  private static let c1 = Float(0.01 * 255 * 0.01 * 255)
  private static let c2 = Float(0.03 * 255 * 0.03 * 255)
  /// Variances do not depend on it, but are more exact around it.
  private static let middle: Float = 127.5

  private let window: GaussianWindow
  private let reference: FloatBuffer
  private let mean: FloatBuffer
  private let variance: FloatBuffer
  private let scratch: [FloatBuffer]

  /// - Parameter plane: the reference, row-major, 0…255.
  init(_ plane: UnsafePointer<Float>, width: Int, height: Int) {
    self.width = width
    self.height = height
    let count = width * height
    window = GaussianWindow(width: width, height: height)
    reference = FloatBuffer(count: count)
    mean = FloatBuffer(count: count)
    variance = FloatBuffer(count: count)
    scratch = (0..<5).map { _ in FloatBuffer(count: count) }
    let (y, square) = (reference.base, scratch[0].base)
    for index in 0..<count {
      y[index] = plane[index] - Self.middle
      square[index] = y[index] * y[index]
    }
    window.filter(y, into: mean.base)
    window.filter(square, into: variance.base)
    for index in 0..<count { variance.base[index] -= mean.base[index] * mean.base[index] }
  }

  /// The mean over all pixels of `cs`, or of `l · cs`, and where wanted its gradient.
  ///
  /// - Parameters:
  ///   - difference: compared minus reference plane, row-major.
  ///   - gradient: is set to the derivative of the mean with respect to each value of `difference`.
  func mean(
    ofDifference difference: UnsafePointer<Float>, withLuminance: Bool, gradient: UnsafeMutablePointer<Float>?
  ) -> Double {
    let count = width * height
    let (d, y, meanY, varianceY) = (difference, reference.base, mean.base, variance.base)
    let (product, square) = (scratch[0].base, scratch[1].base)
    let (meanD, meanOfSquare, meanOfProduct) = (scratch[2].base, scratch[3].base, scratch[4].base)
    for index in 0..<count { square[index] = d[index] * d[index] }
    for index in 0..<count { product[index] = d[index] * y[index] }
    window.filter(d, into: meanD)
    window.filter(square, into: meanOfSquare)
    window.filter(product, into: meanOfProduct)

    // With e = 1 − cs and q = 1 − l: ∂cs/∂σ_d² = −cs / D, ∂cs/∂σ_dy = 2 e / D, where D = σ_x² + σ_y² + C₂ and
    // σ_x² = σ_y² + 2 σ_dy + σ_d². Each gradient is spread by the window, which is its own transpose.
    let (byVariance, byCovariance, byMean) = (product, square, meanOfSquare)
    var sum = 0.0
    for index in 0..<count {
      let (m, ym) = (meanD[index], meanY[index])
      let varianceD = max(meanOfSquare[index] - m * m, 0)
      let covariance = meanOfProduct[index] - m * ym
      let varianceX = max(varianceY[index] + 2 * covariance + varianceD, 0)
      let inverse = 1 / (varianceX + max(varianceY[index], 0) + Self.c2)
      let e = min(varianceD * inverse, 2)
      var (luminance, luminanceByMean) = (Float(1), Float(0))
      if withLuminance {
        let (level, other) = (ym + Self.middle, ym + Self.middle + m)
        let inverse = 1 / (level * level + other * other + Self.c1)
        let q = m * m * inverse
        luminance = 1 - q
        luminanceByMean = -2 * (m - q * other) * inverse
      }
      sum += Double((1 - e) * luminance)
      byVariance[index] = -(1 - e) * inverse * luminance
      byCovariance[index] = 2 * e * inverse * luminance
      byMean[index] =
        (1 - e) * luminanceByMean - byCovariance[index] * ym - 2 * byVariance[index] * m
    }
    guard let gradient else { return sum / Double(count) }
    let (first, second, third) = (meanD, meanOfProduct, gradient)
    window.filter(byVariance, into: first)
    window.filter(byCovariance, into: second)
    window.filter(byMean, into: third)
    let share = 1 / Float(count)
    for index in 0..<count {
      let atPixel = 2 * d[index] * first[index] + y[index] * second[index]
      gradient[index] = share * (atPixel + third[index])
    }
    return sum / Double(count)
  }
}
