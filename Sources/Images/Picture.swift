/// A picture of 8-bit RGB pixels, row by row from the top.
public struct Picture: Sendable, Hashable {
  /// In pixels.
  public let width: Int
  /// In pixels.
  public let height: Int
  /// Red, green and blue of each pixel; `3 · width · height` values.
  public private(set) var pixels: [UInt8]

  /// A picture from its pixels. Their number must be `3 · width · height`.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height)")
    precondition(pixels.count == 3 * width * height, "\(width)×\(height) RGB pixels are not \(pixels.count) values")
    self.width = width
    self.height = height
    self.pixels = pixels
  }
}
