internal import Base
internal import Foundation
public import Images

/// The multi-scale structural similarity (MS-SSIM) of pictures to one reference, with its gradient.
///
/// Wang, Simoncelli and Bovik, "Multiscale structural similarity for image quality assessment" (Asilomar 2003):
/// `Π cs_jʷʲ · (l · cs)_Mʷᴹ` over scales `j < M` and the last scale `M`, each halved from the one before by the mean of
/// 2 × 2 pixels, with the weights 0.0448, 0.2856, 0.3001, 0.2363, 0.1333, an 11 × 11 Gaussian window of sigma 1.5 and
/// a value range of 255. Deviations:
/// - The picture is mirrored at its border, and each pixel counts; in the original border pixels have no window.
/// - Of a picture that is not large enough there are only as many scales as leave its smaller side no shorter than the
///   window, one at least: 2 at 32 pixels, 3 at 64, 4 at 96 and 128, all 5 from 176. Their weights are divided by their sum.
/// - The similarity of a colour picture is the mean over red, green and blue, as TensorFlow's `ssim_multiscale` and
///   `pytorch-msssim` have it; the original is for grey ones.
/// - An odd last row or column is repeated before it is halved, as TensorFlow does.
/// - A mean that is not positive, which only pictures without likeness have, counts as 0, as TensorFlow does.
///
/// One thread at a time: it has buffers for what is compared.
public final class MultiScaleSSIM {
  private static let weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
  /// Below this mean the gradient is taken as if the mean were this, so that it leads back without being infinite.
  private static let smallestMean = 1e-4

  /// The reference's width in pixels.
  public let width: Int
  /// The reference's height in pixels.
  public let height: Int
  /// How many scales are compared.
  public var scales: Int { weights.count }

  private let reference: [Float]
  private let weights: [Double]
  /// Of each channel, the scales from the finest.
  private let channels: [[SSIMScale]]
  /// At each scale, a difference and a gradient.
  private let differences: [FloatBuffer]
  private let gradients: [FloatBuffer]

  /// Prepares comparisons with `reference`.
  ///
  /// - Parameter scales: how many; if left out, as many as its size allows. 1 makes it the SSIM of Wang et al. 2004.
  public convenience init(reference: Picture, scales: Int? = nil) {
    self.init(planes: reference.planes, width: reference.width, height: reference.height, scales: scales)
  }

  /// - Parameter planes: red, green and blue, each row-major, 0…255.
  init(planes: [Float], width: Int, height: Int, scales: Int? = nil) {
    precondition(planes.count == 3 * width * height, "\(planes.count) values for three planes of \(width)×\(height)")
    let count = scales ?? Self.scales(width: width, height: height)
    precondition((1...Self.weights.count).contains(count), "\(count) scales; there can be 1 to \(Self.weights.count)")
    self.width = width
    self.height = height
    reference = planes
    let sum = Self.weights[..<count].reduce(0, +)
    weights = Self.weights[..<count].map { $0 / sum }
    var extents = [(width: width, height: height)]
    while extents.count < count {
      let last = extents[extents.count - 1]
      extents.append(((last.width + 1) / 2, (last.height + 1) / 2))
    }
    differences = extents.map { FloatBuffer(count: $0.width * $0.height) }
    gradients = extents.map { FloatBuffer(count: $0.width * $0.height) }
    channels = (0..<3).map { [differences] channel in
      // The buffers for differences hold the reference's own scales while these are made.
      let plane = planes[(channel * width * height)..<((channel + 1) * width * height)]
      plane.withUnsafeBufferPointer { differences[0].base.update(from: $0.baseAddress!, count: $0.count) }
      return extents.indices.map { scale in
        if scale > 0 {
          Self.halve(differences[scale - 1].base, extents[scale - 1], into: differences[scale].base)
        }
        return SSIMScale(differences[scale].base, width: extents[scale].width, height: extents[scale].height)
      }
    }
  }

  /// How many scales a picture of this size is compared at.
  public static func scales(width: Int, height: Int) -> Int {
    var (side, scales) = (min(width, height), 1)
    while scales < weights.count, (side + 1) / 2 >= GaussianWindow.side {
      side = (side + 1) / 2
      scales += 1
    }
    return scales
  }

  /// The similarity of `picture`, 1 for the reference itself, at least 0.
  ///
  /// - Throws: ``AttackError`` if it has another size.
  public func similarity(of picture: Picture) throws(AttackError) -> Double {
    guard picture.width == width, picture.height == height else {
      throw .pictureSize(
        of: "the compared picture", width: picture.width, height: picture.height, wanted: (width, height))
    }
    return picture.planes.withUnsafeBufferPointer { similarity(of: $0.baseAddress!, gradient: nil) }
  }

  /// The structural dissimilarity of `picture`, `(1 − MS-SSIM) / 2`: 0 for the reference itself, at most ½.
  ///
  /// - Throws: ``AttackError`` if it has another size.
  public func dissimilarity(of picture: Picture) throws(AttackError) -> Double {
    (1 - (try similarity(of: picture))) / 2
  }

  /// The structural dissimilarity, with its gradient.
  ///
  /// - Parameters:
  ///   - planes: red, green and blue, each row-major, 0…255; `3 · width · height` values.
  ///   - gradient: is set to the derivative with respect to each of `planes`.
  func dissimilarity(of planes: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>? = nil) -> Double {
    let dissimilarity = (1 - similarity(of: planes, gradient: gradient)) / 2
    if let gradient {
      for index in 0..<(3 * width * height) { gradient[index] *= -0.5 }
    }
    return dissimilarity
  }

  private func similarity(of planes: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>?) -> Double {
    let area = width * height
    let sum = channels.indices.reduce(0.0) { sum, channel in
      let difference = differences[0].base
      reference.withUnsafeBufferPointer { reference in
        let (x, y) = (planes + channel * area, reference.baseAddress! + channel * area)
        for index in 0..<area { difference[index] = x[index] - y[index] }
      }
      return sum + similarity(ofChannel: channel, gradient: gradient.map { $0 + channel * area })
    }
    return sum / Double(channels.count)
  }

  /// The similarity of one channel, whose difference is in the first buffer.
  private func similarity(ofChannel channel: Int, gradient: UnsafeMutablePointer<Float>?) -> Double {
    let scales = channels[channel]
    var means: [Double] = []
    for (index, scale) in scales.enumerated() {
      if index > 0 {
        let finer = scales[index - 1]
        Self.halve(differences[index - 1].base, (finer.width, finer.height), into: differences[index].base)
      }
      means.append(
        scale.mean(
          ofDifference: differences[index].base, withLuminance: index == scales.count - 1,
          gradient: gradient == nil ? nil : gradients[index].base))
    }
    func product(_ smallest: Double) -> Double {
      zip(means, weights).reduce(1) { $0 * pow(max($1.0, smallest), $1.1) }
    }
    guard let gradient else { return product(0) }
    let slope = product(Self.smallestMean) / Double(channels.count)
    for index in scales.indices.reversed() {
      let (scale, values) = (scales[index], gradients[index].base)
      let factor = Float(slope * weights[index] / max(means[index], Self.smallestMean))
      for pixel in 0..<(scale.width * scale.height) { values[pixel] *= factor }
      if index + 1 < scales.count {
        Self.addHalvesTranspose(of: gradients[index + 1].base, to: values, (scale.width, scale.height))
      }
    }
    gradient.update(from: gradients[0].base, count: width * height)
    return product(0)
  }

  /// The means of 2 × 2 pixels.
  private static func halve(
    _ plane: UnsafePointer<Float>, _ extent: (width: Int, height: Int), into result: UnsafeMutablePointer<Float>
  ) {
    let (width, height) = ((extent.width + 1) / 2, (extent.height + 1) / 2)
    for y in 0..<height {
      let above = plane + 2 * y * extent.width
      let below = plane + min(2 * y + 1, extent.height - 1) * extent.width
      for x in 0..<width {
        let (left, right) = (2 * x, min(2 * x + 1, extent.width - 1))
        result[y * width + x] = 0.25 * (above[left] + above[right] + below[left] + below[right])
      }
    }
  }

  /// Adds what arrives at the means to the pixels they are of; `extent` is the pixels'.
  private static func addHalvesTranspose(
    of arrived: UnsafePointer<Float>, to plane: UnsafeMutablePointer<Float>, _ extent: (width: Int, height: Int)
  ) {
    let (width, height) = ((extent.width + 1) / 2, (extent.height + 1) / 2)
    for y in 0..<height {
      let above = plane + 2 * y * extent.width
      let below = plane + min(2 * y + 1, extent.height - 1) * extent.width
      for x in 0..<width {
        let (left, right) = (2 * x, min(2 * x + 1, extent.width - 1))
        let share = 0.25 * arrived[y * width + x]
        above[left] += share
        above[right] += share
        below[left] += share
        below[right] += share
      }
    }
  }
}
