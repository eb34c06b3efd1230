internal import Base
internal import Foundation
public import Images

/// What happens to pictures on their way without anybody meaning harm; a defence that rejects it rejects its users.
public enum HarmlessNoise: String, Sendable, CaseIterable {
  /// Saved as a JPEG of quality 50.
  case jpeg = "jpeg-50"
  /// Blurred by a Gaussian of standard deviation 1 pixel.
  case blur = "blur-1"
  /// 30 values brighter.
  case brighter = "brighter-30"
  /// 30 values darker.
  case darker = "darker-30"
  /// Gaussian noise of standard deviation 8, for each value its own.
  case gaussian = "gaussian-8"

  /// The picture after it.
  ///
  /// - Parameter seed: what noise is drawn from.
  /// - Throws: `ImageError` for a picture that no JPEG can hold.
  public func applied(to picture: Picture, seed: UInt64) throws -> Picture {
    switch self {
    case .jpeg: try ImageDecoder.decode(try ImageEncoder.jpeg(picture, quality: 50))
    case .blur: picture.blurred(deviation: 1)
    case .brighter: picture.mapped { _, value in value + 30 }
    case .darker: picture.mapped { _, value in value - 30 }
    case .gaussian:
      picture.mapped { [draw = CounterGenerator(seed, 0x6761_7573)] place, value in
        value + 8 * draw.normal(UInt64(place))
      }
    }
  }
}

extension CounterGenerator {
  /// A normally distributed number (Box and Muller 1958).
  fileprivate func normal(_ index: UInt64) -> Double {
    let radius = (-2 * log(max(Double(uniform(2 * index)), 0x1p-25))).squareRoot()
    return radius * cos(2 * .pi * Double(uniform(2 * index + 1)))
  }
}

extension Picture {
  /// Each value changed on its own, rounded and kept in 0…255.
  fileprivate func mapped(_ change: (_ place: Int, _ value: Double) -> Double) -> Picture {
    let pixels = pixels.enumerated().map { UInt8(min(max(change($0.offset, Double($0.element)).rounded(), 0), 255)) }
    return Picture(width: width, height: height, pixels: pixels)
  }

  /// Filtered by a Gaussian that is cut off at three deviations, the border repeated.
  fileprivate func blurred(deviation: Double) -> Picture {
    let reach = Int((3 * deviation).rounded(.up))
    let raw = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let weights = raw.map { $0 / raw.reduce(0, +) }
    func filtered(_ values: [Double], _ count: Int, _ place: (Int) -> (line: Int, position: Int), _ step: Int)
      -> [Double]
    {
      values.indices.map { index in
        let (_, position) = place(index)
        return zip(-reach...reach, weights).reduce(0.0) { sum, part in
          let other = min(max(position + part.0, 0), count - 1)
          return sum + part.1 * values[index + (other - position) * step]
        }
      }
    }
    let values = pixels.map(Double.init)
    let across = filtered(values, width, { ($0 / 3 / width, $0 / 3 % width) }, 3)
    let down = filtered(across, height, { ($0 / 3 % width, $0 / 3 / width) }, 3 * width)
    return Picture(width: width, height: height, pixels: down.map { UInt8(min(max($0.rounded(), 0), 255)) })
  }
}
