internal import Base
internal import Foundation
internal import Images
internal import NeuralNet

/// Random changes to a training picture that leave its label as it is.
///
/// The picture is turned, sheared, scaled and moved at once, sampled bilinearly and reflected at its border; then its
/// saturation, contrast and brightness change, it may become grey, and a rectangle of it may be painted over with noise.
public struct Augmentation: Sendable, Hashable, Codable {
  /// The largest turn, in degrees.
  public var rotation: Double = 0
  /// Factors of size, from smallest to largest, drawn on a logarithmic scale; 2 shows a quarter of the picture.
  public var smallestScale: Double = 1
  /// See ``smallestScale``.
  public var largestScale: Double = 1
  /// By how much the two directions' factors may differ: each is multiplied or divided by up to `1 + stretch`.
  public var stretch: Double = 0
  /// The largest shear, as a slope.
  public var shear: Double = 0
  /// The largest movement, as a share of the side.
  public var shift: Double = 0
  /// Whether left and right may change places.
  public var flips = false
  /// The largest change of every value, on the scale 0...255.
  public var brightness: Double = 0
  /// The largest change of contrast: the distance from the picture's mean is multiplied or divided by up to
  /// `1 + contrast`.
  public var contrast: Double = 0
  /// The same for the distance from the pixel's own grey.
  public var saturation: Double = 0
  /// How often the picture loses its colours, 0...1.
  public var grey: Double = 0
  /// How often a rectangle is painted over (Zhong et al., "Random Erasing", 2017).
  public var erasing: Double = 0

  /// The largest standard deviation of normal noise on every value, on the scale 0...255.
  public var noise: Double = 0
  /// The largest weight of each of a pixel's four neighbours in a blur, 0...0.2; 0.2 makes all five alike.
  public var blur: Double = 0

  /// No changes.
  public init() {}

  /// What is out of range, or nil.
  var fault: String? {
    let scales = Invariances.scaleFactors
    let limits: [(name: String, value: Double, range: ClosedRange<Double>)] = [
      ("rotation", rotation, 0...180), ("largestScale", largestScale, scales),
      ("smallestScale", smallestScale, scales.lowerBound...max(scales.lowerBound, largestScale)),
      ("stretch", stretch, 0...4),
      ("shear", shear, 0...4), ("shift", shift, 0...1), ("brightness", brightness, 0...255),
      ("contrast", contrast, 0...9),
      ("saturation", saturation, 0...9), ("grey", grey, 0...1), ("erasing", erasing, 0...1), ("noise", noise, 0...255),
      ("blur", blur, 0...0.2),
    ]
    return limits.first { !$0.range.contains($0.value) }.map {
      "the augmentation's \($0.name) is \($0.value); it must be \($0.range.lowerBound) to \($0.range.upperBound)"
    }
  }

  /// Writes one changed picture, normalised and channel by channel.
  ///
  /// - Parameters:
  ///   - picture: of the input's size, or larger.
  ///   - draw: what everything is drawn from.
  func write(
    _ picture: Picture, format: InputFormat, draw: CounterGenerator, to scalars: UnsafeMutableBufferPointer<Float>
  ) {
    var index: UInt64 = 0
    func next() -> Float {
      index += 1
      return draw.uniform(index)
    }
    func within(_ bound: Double) -> Float { Float(bound) * (2 * next() - 1) }
    func factor(_ bound: Double) -> Float { Foundation.exp(Float(log(1 + bound)) * (2 * next() - 1)) }

    let warp = Warp(
      angle: within(rotation) * .pi / 180,
      scale: Foundation.exp(
        Float(log(smallestScale)) + next() * Float(log(largestScale) - log(smallestScale))),
      stretch: factor(stretch), shear: within(shear), shift: (within(shift), within(shift)),
      flips: flips && next() < 0.5)
    var color = ColorChange(
      brightness: within(brightness), contrast: factor(contrast), saturation: factor(saturation),
      middle: Float(picture.pixels.reduce(0) { $0 + Int($1) }) / Float(picture.pixels.count))
    let (width, height) = (format.width, format.height)
    let erased: ErasedRectangle? =
      next() < Float(erasing) ? ErasedRectangle(width: width, height: height, [next(), next(), next(), next()]) : nil
    let deviation = Float(noise) * next()
    let blur = Float(blur) * next()
    // Drawn last: without grey everything else is what it was before there was any.
    if next() < Float(grey) { color.saturation = 0 }
    let plane = width * height
    precondition(scalars.count == 3 * plane, "room for one picture")
    let (mean, std) = (format.mean, format.std)
    picture.pixels.withUnsafeBufferPointer { pixels in
      let source = BilinearSource(pixels: pixels, width: picture.width, height: picture.height)
      for row in 0..<height {
        for column in 0..<width {
          let (x, y) = warp.source(
            (Float(column) + 0.5) / Float(width) - 0.5, (Float(row) + 0.5) / Float(height) - 0.5)
          var value = source.value(
            (x + 0.5) * Float(picture.width) - 0.5, (y + 0.5) * Float(picture.height) - 0.5)
          value = color.changed(value)
          let place = row * width + column
          if let erased, erased.covers(row, column) {
            for channel in 0..<3 {
              value[channel] = 255 * draw.uniform(0x1_0000 + UInt64(3 * place + channel))
            }
          }
          for channel in 0..<3 { scalars[channel * plane + place] = value[channel] }
        }
      }
    }
    for channel in 0..<3 {
      let values = UnsafeMutableBufferPointer(rebasing: scalars[(channel * plane)..<((channel + 1) * plane)])
      if blur > 0 { Self.blur(values, width: width, height: height, weight: blur) }
      for place in values.indices {
        let value = values[place] + deviation * draw.normal(0x8_0000 + UInt64(channel * plane + place))
        values[place] = (value - mean[channel]) / std[channel]
      }
    }
  }

  /// Adds a share of the four neighbours to each pixel but those at the border.
  private static func blur(
    _ values: UnsafeMutableBufferPointer<Float>, width: Int, height: Int, weight: Float
  ) {
    guard width > 2, height > 2 else { return }
    var above = Array(values[..<width])
    for row in 1..<(height - 1) {
      var left = values[row * width]
      for column in 1..<(width - 1) {
        let place = row * width + column
        let own = values[place]
        values[place] =
          own + weight * (above[column] + values[place + width] + left + values[place + 1] - 4 * own)
        above[column - 1] = left
        left = own
      }
      above[width - 2] = left
    }
  }
}

extension CounterGenerator {
  /// About a normal number with deviation 1: the sum of four uniform ones (Irwin and Hall), from one draw.
  fileprivate func normal(_ index: UInt64) -> Float {
    let bits = bits(index)
    let sum = (0..<4).reduce(0) { $0 + Int((bits >> (16 * UInt64($1))) & 0xffff) }
    // The variance of the sum is 4 · 2³² / 12.
    return (Float(sum) - 131070) * 2.6429e-5
  }
}

/// Where in the source a place of the result is taken from; both are −½...½ across the picture.
private struct Warp {
  private let (xx, xy, yx, yy): (Float, Float, Float, Float)
  private let shift: (Float, Float)

  init(angle: Float, scale: Float, stretch: Float, shear: Float, shift: (Float, Float), flips: Bool) {
    let (c, s) = (cos(angle), sin(angle))
    let (horizontal, vertical) = ((flips ? -1 : 1) / (scale * stretch), stretch / scale)
    xx = c * horizontal
    xy = (c * shear - s) * horizontal
    yx = s * vertical
    yy = (s * shear + c) * vertical
    self.shift = shift
  }

  func source(_ x: Float, _ y: Float) -> (Float, Float) {
    (xx * x + xy * y + shift.0, yx * x + yy * y + shift.1)
  }
}

/// A picture between its pixels, reflected at its border.
private struct BilinearSource {
  let pixels: UnsafeBufferPointer<UInt8>
  let width: Int
  let height: Int

  func value(_ x: Float, _ y: Float) -> SIMD4<Float> {
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (u, v) = (x - left, y - top)
    let (x0, x1) = (inside(Int(left), width), inside(Int(left) + 1, width))
    let (y0, y1) = (inside(Int(top), height), inside(Int(top) + 1, height))
    let upper = pixel(x0, y0) * (1 - u) + pixel(x1, y0) * u
    let lower = pixel(x0, y1) * (1 - u) + pixel(x1, y1) * u
    return upper * (1 - v) + lower * v
  }

  private func pixel(_ x: Int, _ y: Int) -> SIMD4<Float> {
    let place = 3 * (y * width + x)
    return SIMD4(Float(pixels[place]), Float(pixels[place + 1]), Float(pixels[place + 2]), 0)
  }

  private func inside(_ place: Int, _ extent: Int) -> Int {
    if place >= 0, place < extent { return place }
    let around = ((place % (2 * extent)) + 2 * extent) % (2 * extent)
    return around < extent ? around : 2 * extent - 1 - around
  }
}

/// Brightness, contrast and saturation.
private struct ColorChange {
  let brightness: Float
  let contrast: Float
  var saturation: Float
  /// What contrast is taken about.
  let middle: Float

  func changed(_ value: SIMD4<Float>) -> SIMD4<Float> {
    let grey = 0.299 * value[0] + 0.587 * value[1] + 0.114 * value[2]
    let colored = (value - grey) * saturation + grey
    return ((colored - middle) * contrast + (middle + brightness)).clamped(
      lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 255))
  }
}

/// A part of a picture.
private struct ErasedRectangle {
  private let rows: Range<Int>
  private let columns: Range<Int>

  /// - Parameter drawn: four numbers in 0..<1. A fiftieth to a fifth of the area, at most three times as wide as high.
  init(width: Int, height: Int, _ drawn: [Float]) {
    let area = (0.02 + 0.18 * drawn[0]) * Float(width * height)
    let aspect = Foundation.exp(log(Float(3)) * (2 * drawn[1] - 1))
    let tall = min(height, max(1, Int((area * aspect).squareRoot())))
    let wide = min(width, max(1, Int((area / aspect).squareRoot())))
    let top = Int(drawn[2] * Float(height - tall + 1))
    let left = Int(drawn[3] * Float(width - wide + 1))
    rows = top..<(top + tall)
    columns = left..<(left + wide)
  }

  func covers(_ row: Int, _ column: Int) -> Bool { rows.contains(row) && columns.contains(column) }
}
