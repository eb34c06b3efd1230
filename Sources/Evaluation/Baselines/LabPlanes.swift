internal import Foundation
internal import Images

/// A picture in CIE L*a*b*, its RGB taken as linear, each value a byte: L · 255 / 100, a + 128, b + 128. OpenCV's
/// `COLOR_LRGB2Lab` and back, to a byte's last unit: it computes with tables of whole numbers.
struct LabPlanes {
  /// L, a and b, row-major.
  let planes: [[UInt8]]
  let width: Int
  let height: Int

  /// Rec. 709's primaries with the white of D65 as X, Y and Z, each divided by the white's own.
  private static let matrix: [SIMD3<Double>] = [
    SIMD3(0.412453, 0.357580, 0.180423) / 0.950456, SIMD3(0.212671, 0.715160, 0.072169),
    SIMD3(0.019334, 0.119193, 0.950227) / 1.088754,
  ]
  /// The other way.
  private static let inverse: [SIMD3<Double>] = {
    let (x, y, z) = (matrix[0], matrix[1], matrix[2])
    let columns = [cross(y, z), cross(z, x), cross(x, y)].map { $0 / (x * cross(y, z)).sum() }
    return (0..<3).map { row in SIMD3(columns[0][row], columns[1][row], columns[2][row]) }
  }()

  init(planes: [[UInt8]], width: Int, height: Int) { (self.planes, self.width, self.height) = (planes, width, height) }

  init(_ picture: Picture) {
    (width, height) = (picture.width, picture.height)
    var planes = [[UInt8]](repeating: [UInt8](repeating: 0, count: width * height), count: 3)
    for place in 0..<(width * height) {
      let color = SIMD3(picture.pixels[3 * place], picture.pixels[3 * place + 1], picture.pixels[3 * place + 2])
      let shares = SIMD3<Double>(color) / 255
      func root(_ row: Int) -> Double { Self.root((Self.matrix[row] * shares).sum()) }
      let (x, y, z) = (root(0), root(1), root(2))
      planes[0][place] = Self.byte((116 * y - 16) * 255 / 100)
      planes[1][place] = Self.byte(500 * (x - y) + 128)
      planes[2][place] = Self.byte(200 * (y - z) + 128)
    }
    self.planes = planes
  }

  /// The picture in RGB.
  var picture: Picture {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for place in 0..<(width * height) {
      let y = (Double(planes[0][place]) * 100 / 255 + 16) / 116
      let (a, b) = (Double(planes[1][place]) - 128, Double(planes[2][place]) - 128)
      let color = SIMD3(Self.power(y + a / 500), Self.power(y), Self.power(y - b / 200))
      for row in Self.inverse { pixels.append(Self.byte(255 * (row * color).sum())) }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  /// CIE's cube root, which is a line near 0.
  private static func root(_ value: Double) -> Double {
    value > 216.0 / 24389 ? cbrt(value) : (value * 24389 / 27 + 16) / 116
  }

  private static func power(_ root: Double) -> Double {
    root > 6.0 / 29 ? root * root * root : (116 * root - 16) * 27 / 24389
  }

  private static func byte(_ value: Double) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }

  private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }
}
