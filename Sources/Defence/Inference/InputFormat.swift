public import Images
internal import NeuralNet

/// How a picture becomes a network's input: resized to `width` × `height`, then `(value − mean) / std` for each of red,
/// green and blue.
public struct InputFormat: Sendable, Hashable, Codable {
  /// In pixels.
  public var width: Int
  /// In pixels.
  public var height: Int
  /// The order of the channels; there is one.
  public var color = "RGB"
  /// By channel, on the scale 0...255.
  public var mean: [Float]
  /// By channel, on the scale 0...255.
  public var std: [Float]
  /// How the picture's sides become the input's.
  public var resize: ResizeMode

  /// A format, with one mean and deviation for each channel.
  public init(width: Int, height: Int, mean: [Float], std: [Float], resize: ResizeMode) {
    self.width = width
    self.height = height
    self.mean = mean
    self.std = std
    self.resize = resize
  }

  /// The picture at the input's size.
  public func fitted(_ picture: Picture) -> Picture { picture.fitted(width: width, height: height, mode: resize) }

  /// Pictures of the input's size as a batch [N,3,height,width].
  func tensor(_ pictures: [Picture]) -> Tensor {
    var tensor = Tensor(shape: [pictures.count, 3, height, width], repeating: 0)
    tensor.withUnsafeMutableScalars { scalars in
      for (number, picture) in pictures.enumerated() {
        precondition(picture.width == width && picture.height == height, "a picture that was not fitted")
        write(picture, to: UnsafeMutableBufferPointer(rebasing: scalars[(number * count)..<((number + 1) * count)]))
      }
    }
    return tensor
  }

  /// The number of values of one picture.
  var count: Int { 3 * width * height }

  /// Writes one picture of the input's size, channel by channel.
  private func write(_ picture: Picture, to scalars: UnsafeMutableBufferPointer<Float>) {
    let plane = width * height
    picture.pixels.withUnsafeBufferPointer { pixels in
      for channel in 0..<3 {
        let (mean, std) = (mean[channel], std[channel])
        for place in 0..<plane {
          scalars[channel * plane + place] = (Float(pixels[3 * place + channel]) - mean) / std
        }
      }
    }
  }

  /// What is out of range, or nil.
  public var fault: String? {
    guard (1...4096).contains(width), (1...4096).contains(height) else {
      return "the input's size is \(width)×\(height); it must be 1 to 4096 each"
    }
    guard color == "RGB" else { return "the input's color is '\(color)'; it must be RGB" }
    guard mean.count == 3, std.count == 3, mean.allSatisfy(\.isFinite), std.allSatisfy({ $0 > 0 && $0.isFinite })
    else { return "the input's mean and std must be three numbers each, std positive" }
    return nil
  }
}
