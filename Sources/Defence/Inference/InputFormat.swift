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
  func tensor(_ pictures: [Picture]) -> Tensor { tensor(pictures.map(values)[...]) }

  /// Images, as ``values(_:)`` makes them, as a batch [N,3,height,width].
  func tensor(_ images: ArraySlice<[Float]>) -> Tensor {
    // One is not copied.
    let scalars = images.count == 1 ? images.first! : Array(images.joined())
    return Tensor(shape: [images.count, 3, height, width], scalars: scalars)
  }

  /// The number of values of one picture.
  var count: Int { 3 * width * height }

  /// A picture of the input's size, normalised, channel by channel.
  func values(_ picture: Picture) -> [Float] {
    precondition(picture.width == width && picture.height == height, "a picture that was not fitted")
    let plane = width * height
    // Each of the 256 values of a channel is worked out once.
    let tables = (0..<3).map { channel in (0...255).map { (Float($0) - mean[channel]) / std[channel] } }
    return [Float](unsafeUninitializedCapacity: count) { scalars, initialized in
      picture.pixels.withUnsafeBufferPointer { pixels in
        for channel in 0..<3 {
          tables[channel].withUnsafeBufferPointer { table in
            for place in 0..<plane {
              scalars.initializeElement(
                at: channel * plane + place, to: table[Int(pixels[3 * place + channel])])
            }
          }
        }
      }
      initialized = count
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
