internal import Attacks
internal import Defence
internal import Images

/// Feature squeezing (Xu, Evans and Qi, NDSS 2018): pictures with fewer bits and pictures smoothed by a median or by non-local
/// means look the same to people; where the classifier says something else of them, the picture was made to be at an edge.
struct FeatureSqueezing: PriorDefence {
  let name = "feature-squeezing"
  let method =
    "Xu et al. 2018: minus the largest L1 distance between the Student's probabilities of the picture and of copies with 5 bits "
    + "a colour, smoothed by a 2×2 median, and by non-local means (11-3-4)"
  let student: StudentAnswers
  private static let bits = 5
  private static let squeezers: [ViewedModel.View] = [reduced, smoothed, NonLocalMeans.smoothed]

  func scores(of pictures: [Picture], labelled students: [Int]) throws -> [Double] {
    let plain = try student.probabilities(of: pictures)
    let squeezed = try Self.squeezers.map { squeeze in
      try student.probabilities(of: student.mapped(pictures, squeeze))
    }
    return pictures.indices.map { index in
      -(squeezed.map { rows in zip(plain[index], rows[index]).reduce(0.0) { $0 + abs($1.0 - $1.1) } }.max() ?? 0)
    }
  }

  /// Aims at certainty: where the Student is sure of a picture, an L1 distance of d leaves 1 − d/2 of the probability in a
  /// copy; if the others have all of it, 1 − d/6 on the mean of three.
  func known(defending bundle: ModelBundle, threshold: Double) throws -> KnownDefence {
    let share = 1 / Double(2 * Self.squeezers.count)
    var known = try KnownDefence(
      bundle, viewing: Self.squeezers, enough: max(0, 1 + share * threshold), reserve: 0)
    known.objective.margin = 8
    return known
  }

  /// Rounded to the values that so many bits can have.
  static func reduced(_ picture: Picture) -> Picture {
    let steps = Double((1 << bits) - 1)
    let values = (0...255).map { UInt8(((Double($0) / 255 * steps).rounded() / steps * 255).rounded()) }
    return Picture(
      width: picture.width, height: picture.height, pixels: picture.pixels.map { values[Int($0)] })
  }

  /// Each value the median of itself and those left, above and left above, the border reflected: of four values the mean of the
  /// middle two is not taken, but the third, as SciPy's `median_filter` does.
  static func smoothed(_ picture: Picture) -> Picture {
    let (width, height) = (picture.width, picture.height)
    var pixels = picture.pixels
    for y in 0..<height {
      for x in 0..<width {
        let (left, above) = (max(x - 1, 0), max(y - 1, 0))
        for channel in 0..<3 {
          func value(_ x: Int, _ y: Int) -> UInt8 { picture.pixels[3 * (y * width + x) + channel] }
          let (own, beside) = (value(x, y), value(left, y))
          let (over, across) = (value(x, above), value(left, above))
          // The second largest: the smaller of the pairs' larger ones, unless a pair has the largest two.
          pixels[3 * (y * width + x) + channel] = max(
            min(max(own, beside), max(over, across)), max(min(own, beside), min(over, across)))
        }
      }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }
}
