internal import CSPNG
internal import CTurboJPEG

/// The bytes of JPEG and PNG files from pictures.
public enum ImageEncoder {
  /// A baseline JPEG with half the colour resolution (4:2:0), as Pillow writes it.
  ///
  /// - Parameter quality: 1 to 100 on libjpeg's scale.
  /// - Throws: ``ImageError`` if a side is longer than 65,500 pixels.
  public static func jpeg(_ picture: Picture, quality: Int = 90) throws(ImageError) -> [UInt8] {
    precondition((1...100).contains(quality), "a JPEG's quality is 1 to 100, not \(quality)")
    return try TurboJPEG(tjInitCompress()).compress(picture, quality: quality)
  }

  /// An RGB PNG, the same picture when it is read.
  ///
  /// - Parameter isCompressed: false for a larger file in a fraction of the time.
  /// - Throws: ``ImageError`` if memory is short.
  public static func png(_ picture: Picture, isCompressed: Bool = true) throws(ImageError) -> [UInt8] {
    try SPNGContext(flags: SPNG_CTX_ENCODER).encode(picture, isCompressed: isCompressed)
  }
}
