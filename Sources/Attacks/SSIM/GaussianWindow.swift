internal import Base
internal import Foundation

/// The 11 × 11 Gaussian window of the structural similarity, sigma 1.5, as two passes of eleven taps.
///
/// A plane is mirrored at its border with the border's pixels twice (`c b a | a b c`), so that every pixel has a window.
/// Under this reflection tap `i` of result `j` is `k(i − j) + k(i + j + 1) + …`, the same with `i` and `j` exchanged: the
/// filter is its own transpose, and gradients go back through the filter itself.
final class GaussianWindow {
  /// How far the window reaches on each side, in pixels.
  static let radius = 5
  /// The window's side, in pixels.
  static let side = 2 * radius + 1

  private let width: Int
  private let height: Int
  /// The middle tap, then outwards.
  private let taps: [Float]
  /// For each row of a plane with its mirrored borders, the row it is.
  private let rows: [Int]
  /// For each column of a mirrored border, the column it is.
  private let columns: (before: [Int], after: [Int])
  /// One row with its borders.
  private let line: FloatBuffer

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    let radius = Self.radius
    let bell = (-radius...radius).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = bell.reduce(0, +)
    taps = bell[radius...].map { Float($0 / sum) }
    rows = (-radius..<(height + radius)).map { Self.mirrored($0, height) }
    columns = (
      (-radius..<0).map { Self.mirrored($0, width) }, (width..<(width + radius)).map { Self.mirrored($0, width) }
    )
    line = FloatBuffer(count: width + 2 * radius)
  }

  /// The weighted mean around each pixel, row-major as `plane` is; the two must not overlap.
  func filter(_ plane: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    let (middle, line, width, radius) = (line.base + Self.radius, line.base, width, Self.radius)
    let (k0, k1, k2, k3, k4, k5) = (taps[0], taps[1], taps[2], taps[3], taps[4], taps[5])
    rows.withUnsafeBufferPointer { rows in
      for y in 0..<height {
        func row(_ offset: Int) -> UnsafePointer<Float> { plane + rows[y + radius + offset] * width }
        // Two loops, since the compiler gives up on vectors when it has to tell more than a few pointers apart.
        let (centre, above1, below1, above2, below2) = (row(0), row(-1), row(1), row(-2), row(2))
        for x in 0..<width {
          middle[x] = k0 * centre[x] + k1 * (above1[x] + below1[x]) + k2 * (above2[x] + below2[x])
        }
        let (above3, below3, above4, below4, above5, below5) = (row(-3), row(3), row(-4), row(4), row(-5), row(5))
        for x in 0..<width {
          let outer = k3 * (above3[x] + below3[x]) + k4 * (above4[x] + below4[x])
          middle[x] += outer + k5 * (above5[x] + below5[x])
        }
        for index in 0..<radius {
          line[index] = middle[columns.before[index]]
          middle[width + index] = middle[columns.after[index]]
        }
        // Pointers of their own: an overflow check in each index would keep the loop from becoming vectors, too.
        let (left1, right1, left2, right2) = (middle - 1, middle + 1, middle - 2, middle + 2)
        let (left3, right3, left4, right4) = (middle - 3, middle + 3, middle - 4, middle + 4)
        let (left5, right5) = (middle - 5, middle + 5)
        let out = result + y * width
        for x in 0..<width {
          let inner = k0 * middle[x] + k1 * (left1[x] + right1[x]) + k2 * (left2[x] + right2[x])
          let outer = k3 * (left3[x] + right3[x]) + k4 * (left4[x] + right4[x])
          out[x] = inner + outer + k5 * (left5[x] + right5[x])
        }
      }
    }
  }

  /// The place that `index` shows when `count` places are mirrored at both ends, again and again where they are few.
  private static func mirrored(_ index: Int, _ count: Int) -> Int {
    let period = 2 * count
    let place = ((index % period) + period) % period
    return place < count ? place : period - 1 - place
  }
}
