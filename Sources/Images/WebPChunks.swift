/// A WebP file's chunks (RFC 9649, 2.3 to 2.7), as far as libwebp does not report them before it takes memory.
struct WebPChunks {
  /// The size that a `VP8X` chunk announces.
  private(set) var canvas: (width: Int, height: Int)?
  /// Whether a `VP8X` chunk calls it an animation, or it has one's chunks.
  private(set) var isAnimated = false
  /// EXIF data in the first `EXIF` chunk.
  private(set) var exif: ArraySlice<UInt8>?
  /// Whether all the bytes that the file announces are there.
  let isComplete: Bool

  private static let headerLength = 12
  private static let animationFlag: UInt8 = 0x02

  /// Walks through a file up to its end, or as far as it can be followed.
  init(_ bytes: [UInt8]) {
    let end = 8 + (bytes[...].integer(at: 4, bytes: 4, .littleEndian) ?? 0)
    isComplete = end <= bytes.count
    let file = bytes.prefix(end)
    var position = Self.headerLength
    while let length = file.integer(at: position + 4, bytes: 4, .littleEndian) {
      guard length <= file.count - position - 8 else { return }
      let type = file[position..<(position + 4)]
      let content = file[(position + 8)..<(position + 8 + length)]
      if type.elementsEqual("VP8X".utf8), canvas == nil, let flags = content.first,
        let width = content.integer(at: 4, bytes: 3, .littleEndian),
        let height = content.integer(at: 7, bytes: 3, .littleEndian)
      {
        canvas = (width + 1, height + 1)
        isAnimated = isAnimated || flags & Self.animationFlag != 0
      } else if type.elementsEqual("ANIM".utf8) || type.elementsEqual("ANMF".utf8) {
        isAnimated = true
      } else if type.elementsEqual("EXIF".utf8), exif == nil {
        exif = content
      }
      // An odd length is followed by a byte that does not count.
      position += 8 + length + length % 2
    }
  }
}
