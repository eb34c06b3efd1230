/// A PNG file's chunks (PNG, third edition, 5.3), as far as the decoder does not report them in time.
struct PNGChunks {
  /// EXIF data in the first `eXIf`, which may come before or after the pixels.
  private(set) var exif: ArraySlice<UInt8>?
  /// Whether an `acTL` before the pixels makes it an animation.
  private(set) var isAnimated = false
  /// Whether the end is there.
  private(set) var isComplete = false

  private static let signatureLength = 8

  /// Walks through a file up to its end, or as far as it can be followed.
  init(_ bytes: [UInt8]) {
    var position = Self.signatureLength
    var hasPixels = false
    while let length = bytes[...].integer(at: position, bytes: 4, .bigEndian) {
      // Length, type, content and checksum.
      guard length <= bytes.count - position - 12 else { return }
      let type = bytes[(position + 4)..<(position + 8)]
      if type.elementsEqual("IEND".utf8) {
        isComplete = true
        return
      } else if type.elementsEqual("IDAT".utf8) {
        hasPixels = true
      } else if type.elementsEqual("acTL".utf8) {
        isAnimated = isAnimated || !hasPixels
      } else if type.elementsEqual("eXIf".utf8), exif == nil {
        exif = bytes[(position + 8)..<(position + 8 + length)]
      }
      position += 12 + length
    }
  }
}
