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
    var sums = [[Float]](repeating: [Float](repeating: 0, count: width * height), count: planes.count)
    var total = [Float](repeating: 0, count: width * height)
    var differences = [Int32](repeating: 0, count: stride * (height + 2 * patch))
    var distances = [Int32](repeating: 0, count: width * height)
    var shares = total
    for dy in -window...window {
      for dx in -window...window {
        difference(&differences, padded, by: dy * stride + dx, width, height)
        add(&distances, differences, width, height)
        for index in distances.indices {
          shares[index] = weights[min(Int(distances[index] >> Int32(shift)), weights.count - 1)]
          total[index] += shares[index]
        }
        let corner = (margin + dy) * stride + margin + dx
        for plane in planes.indices { weigh(&sums[plane], padded[plane], from: corner, shares, width, height) }
      }
    }
    return sums.map { sum in sum.indices.map { UInt8((sum[$0] / total[$0]).rounded()) } }
  }

  /// For each distance in steps of ``shift``, the weight; the last is 0, for all that are farther away.
  private static func weights(_ planes: Int) -> [Float] {
    let area = Double((2 * patch + 1) * (2 * patch + 1))
    return (0...).lazy.map { step in exp(-Double(step << shift) / area / (strength * strength * Double(planes))) }
      .prefix { $0 >= smallestWeight }.map(Float.init) + [0]
  }

  /// The squared differences of the pixels and those moved by an offset, in rows as wide as the padded ones.
  private static func difference(
    _ differences: inout [Int32], _ padded: [[Int32]], by offset: Int, _ width: Int, _ height: Int
  ) {
    let stride = width + 2 * (window + patch)
    differences.withUnsafeMutableBufferPointer { differences in
      differences.update(repeating: 0)
      for plane in padded {
        plane.withUnsafeBufferPointer { plane in
          for y in 0..<(height + 2 * patch) {
            let start = (y + window) * stride + window
            for x in 0..<(width + 2 * patch) {
              let difference = plane[start + x] &- plane[start + x + offset]
              differences[y * stride + x] &+= difference &* difference
            }
          }
        }
      }
    }
  }

  /// Sums over the patch around each pixel: over columns first, then along the row.
  private static func add(_ distances: inout [Int32], _ differences: [Int32], _ width: Int, _ height: Int) {
    let (stride, side) = (width + 2 * (window + patch), 2 * patch + 1)
    var columns = [Int32](repeating: 0, count: width + 2 * patch)
    distances.withUnsafeMutableBufferPointer { distances in
      distances.update(repeating: 0)
      columns.withUnsafeMutableBufferPointer { columns in
        differences.withUnsafeBufferPointer { differences in
          for y in 0..<height {
            columns.update(repeating: 0)
            for row in y..<(y + side) {
              for x in columns.indices { columns[x] &+= differences[row * stride + x] }
            }
            for place in 0..<side {
              for x in 0..<width { distances[y * width + x] &+= columns[x + place] }
            }
          }
        }
      }
    }
  }

  /// Adds a padded plane, from a corner on, each of its pixels by its share.
  private static func weigh(
    _ sum: inout [Float], _ padded: [Int32], from corner: Int, _ shares: [Float], _ width: Int, _ height: Int
  ) {
    let stride = width + 2 * (window + patch)
    sum.withUnsafeMutableBufferPointer { sum in
      padded.withUnsafeBufferPointer { padded in
        shares.withUnsafeBufferPointer { shares in
          for y in 0..<height {
            for x in 0..<width {
              sum[y * width + x] += shares[y * width + x] * Float(padded[corner + y * stride + x])
            }
          }
        }
      }
    }
  }

  /// With a margin that mirrors the plane at its outermost pixels (OpenCV's `BORDER_REFLECT_101`).
  private static func bordered(_ plane: [UInt8], _ width: Int, _ height: Int, _ margin: Int) -> [Int32] {
    func mirrored(_ place: Int, _ count: Int) -> Int {
      guard count > 1 else { return 0 }
      let place = abs(place) % (2 * count - 2)
      return place < count ? place : 2 * count - 2 - place
    }
    return (-margin..<(height + margin)).flatMap { y in
      (-margin..<(width + margin)).map { x in Int32(plane[mirrored(y, height) * width + mirrored(x, width)]) }
    }
  }
}
