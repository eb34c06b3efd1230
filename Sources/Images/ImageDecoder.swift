/// Pictures from the bytes of JPEG, PNG and WebP files, of which none is trusted.
///
/// Whatever a file holds becomes 8-bit RGB: grey and palettes are expanded, of 16 bits the upper eight are kept, alpha
/// is laid over white, CMYK is converted as Pillow does, and the EXIF orientation is applied. Colour profiles (ICC),
/// PNG's gamma and chromaticities, and orientations in XMP are ignored, as they are by most training pipelines.
/// Animations, WebP's and PNG's, are refused.
public enum ImageDecoder {
  /// The picture in a file.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - limits: What is refused.
  ///   - size: The size that is needed in the end, if less detail will do. A JPEG is then decoded at a half, a quarter
  ///     or an eighth of its size, which saves most of the time, as long as it stays at least twice as wide and twice
  ///     as high as that, so that resizing has enough to average over. It is what Pillow's
  ///     `draft("RGB", (2 * width, 2 * height))` picks. Other formats are decoded whole.
  /// - Throws: ``ImageError``; also for a file that is truncated or damaged, of which no part is returned.
  public static func decode(
    _ bytes: [UInt8], limits: ImageLimits = .default, atLeast size: (width: Int, height: Int)? = nil
  ) throws(ImageError) -> Picture {
    let format = try format(of: bytes, limits: limits)
    switch format {
    case .jpeg: return try JPEGDecoder(bytes).decode(limits: limits, atLeast: size)
    case .png: return try PNGDecoder(bytes).decode(limits: limits)
    case .webp: return try WebPDecoder(bytes).decode(limits: limits)
    }
  }

  /// What a file says of its picture. Only its size in bytes is checked against the limits, and pixels are not looked at:
  /// decoding may still fail.
  ///
  /// - Throws: ``ImageError`` if there is no header to be read.
  public static func header(of bytes: [UInt8], limits: ImageLimits = .default) throws(ImageError) -> ImageHeader {
    switch try format(of: bytes, limits: limits) {
    case .jpeg: try JPEGDecoder(bytes).header
    case .png: try PNGDecoder(bytes).header
    case .webp: try WebPDecoder(bytes).header
    }
  }

  private static func format(of bytes: [UInt8], limits: ImageLimits) throws(ImageError) -> ImageFormat {
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= limits.bytes else { throw .tooManyBytes(count: bytes.count, limit: limits.bytes) }
    guard let format = ImageFormat(sniffing: bytes) else { throw .unknownFormat(firstBytes: Array(bytes.prefix(8))) }
    return format
  }
}
