internal import Foundation
internal import Images

/// Non-local means (Buades, Coll and Morel 2005): each pixel becomes the mean of those around it, weighted by how alike their
/// patches are. As OpenCV's `fastNlMeansDenoising` and `fastNlMeansDenoisingColored` compute it, with feature squeezing's
/// numbers 11-3-4: a window of 11 × 11, patches of 3 × 3, and a strength of 4 for light and for colours.
///
/// Deviation: Xu et al.'s program hands OpenCV red in blue's place; here each colour is itself.
enum NonLocalMeans {
  /// Pixels to each side, in the window and in a patch.
  private static let (window, patch) = (5, 1)
  private static let strength = 4.0
  /// Weights below this share of the largest are 0.
  private static let smallestWeight = 1e-3
  /// OpenCV divides sums over patches by the next power of 2, so that there are fewer weights.
  private static let shift = 4

  /// The whole picture: its light L by itself and its colours a and b together.
  static func smoothed(_ picture: Picture) -> Picture {
    let lab = LabPlanes(picture)
    let (width, height) = (picture.width, picture.height)
    let light = smoothed([lab.planes[0]], width: width, height: height)
    let colors = smoothed(Array(lab.planes[1...]), width: width, height: height)
    return LabPlanes(planes: light + colors, width: width, height: height).picture
  }

  /// - Parameter planes: row-major, of one size; patches are compared in all of them together.
  static func smoothed(_ planes: [[UInt8]], width: Int, height: Int) -> [[UInt8]] {
    let margin = window + patch
    let stride = width + 2 * margin
    let padded = planes.map { bordered($0, width, height, margin) }
    let weights = weights(planes.count)
    let sums = planes.map { _ in FloatPlane(width, height) }
    let (total, shares) = (FloatPlane(width, height), FloatPlane(width, height))
    let differences = FloatPlane(width + 2 * patch, height + 2 * patch)
    for dy in -window...window {
      for dx in -window...window {
        differences.clear()
        for plane in padded {
          for y in 0..<differences.height {
            let own = plane.row(y + window) + window
            differences.row(y).addSquares(own, own + dy * stride + dx, count: differences.width)
          }
        }
        share(shares, of: differences, by: weights)
        for y in 0..<height {
          total.row(y).add(shares.row(y), count: width)
          for (sum, plane) in zip(sums, padded) {
            let moved = plane.row(margin + dy + y) + margin + dx
            sum.row(y).addProducts(shares.row(y), moved, count: width)
          }
        }
      }
    }
    return sums.map { sum in
      (0..<(width * height)).map { UInt8((sum.start[$0] / total.start[$0]).rounded()) }
    }
  }

  /// For each distance in steps of ``shift``, the weight; the last is 0, for all that are farther away.
  private static func weights(_ planes: Int) -> [Float] {
    let area = Double((2 * patch + 1) * (2 * patch + 1))
    return (0...).lazy.map { step in exp(-Double(step << shift) / area / (strength * strength * Double(planes))) }
      .prefix { $0 >= smallestWeight }.map(Float.init) + [0]
  }

  /// The weight of each pixel's patch, by the sum of the squared differences over it.
  private static func share(_ shares: FloatPlane, of differences: FloatPlane, by weights: [Float]) {
    let columns = FloatPlane(differences.width, 1)
    let (step, farthest) = (1 / Float(1 << shift), Float(weights.count - 1))
    weights.withUnsafeBufferPointer { weights in
      for y in 0..<shares.height {
        columns.clear()
        for row in y...(y + 2 * patch) { columns.start.add(differences.row(row), count: columns.width) }
        let share = shares.row(y)
        share.update(repeating: 0, count: shares.width)
        for place in 0...(2 * patch) { share.add(columns.start + place, count: shares.width) }
        for x in 0..<shares.width { share[x] = weights[Int(min(share[x] * step, farthest))] }
      }
    }
  }

  /// With a margin that mirrors the plane at its outermost pixels (OpenCV's `BORDER_REFLECT_101`).
  private static func bordered(_ plane: [UInt8], _ width: Int, _ height: Int, _ margin: Int) -> FloatPlane {
    func mirrored(_ place: Int, _ count: Int) -> Int {
      guard count > 1 else { return 0 }
      let place = abs(place) % (2 * count - 2)
      return place < count ? place : 2 * count - 2 - place
    }
    let padded = FloatPlane(width + 2 * margin, height + 2 * margin)
    for y in 0..<padded.height {
      for x in 0..<padded.width {
        padded.row(y)[x] = Float(plane[mirrored(y - margin, height) * width + mirrored(x - margin, width)])
      }
    }
    return padded
  }
}
