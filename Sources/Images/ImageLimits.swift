/// How large a picture may be. All of it is checked from the header, before memory is taken for pixels.
///
/// Decoding takes at most about 8 bytes a pixel; for a JPEG in several scans 9, or 12 if it is CMYK.
public struct ImageLimits: Sendable, Hashable {
  /// Bytes of the file; 20 MiB unless told otherwise.
  public var bytes: Int
  /// Width times height; 40 million unless told otherwise.
  public var pixels: Int
  /// Width, and height; 16,384 unless told otherwise.
  public var side: Int

  /// What a service can take from strangers.
  public static let `default` = ImageLimits()

  /// Limits, each with its default.
  public init(bytes: Int = 20 << 20, pixels: Int = 40_000_000, side: Int = 16_384) {
    self.bytes = bytes
    self.pixels = pixels
    self.side = side
  }

  /// How often a JPEG's scans may go over a picture of the most pixels.
  ///
  /// A scan of a few bytes makes a decoder go over the whole picture; thousands fit into a small file. Cameras and
  /// optimisers write about ten.
  private static let passes = 16

  /// How many scans a JPEG of so many pixels may have: their work is bounded, so the smaller, the more.
  func scans(pixels count: Int) -> Int {
    let (work, overflow) = pixels.multipliedReportingOverflow(by: Self.passes)
    return (overflow ? .max : work) / max(count, 1)
  }

  /// Throws unless a picture of this size is within the limits.
  func check(_ header: ImageHeader) throws(ImageError) {
    let (count, overflow) = header.width.multipliedReportingOverflow(by: header.height)
    guard header.width <= side, header.height <= side, !overflow, count <= pixels else {
      throw .tooLarge(header.format, width: header.width, height: header.height, limits: self)
    }
  }
}
