internal import CSPNG

/// A PNG file, decoded by libspng.
struct PNGDecoder {
  let header: ImageHeader
  private let bytes: [UInt8]
  private let chunks: PNGChunks

  /// Reads the header. - Throws: ``ImageError`` if there is none.
  init(_ bytes: [UInt8]) throws(ImageError) {
    self.bytes = bytes
    chunks = PNGChunks(bytes)
    let context = try SPNGContext()
    let size = try bytes.withUnsafeBufferPointer { buffer throws(ImageError) in
      try context.read(from: buffer)
      return try context.header()
    }
    header = ImageHeader(
      .png, storedWidth: Int(size.width), storedHeight: Int(size.height),
      orientation: chunks.exif.map(Orientation.init) ?? .upright)
  }

  func decode(limits: ImageLimits) throws(ImageError) -> Picture {
    try limits.check(header)
    guard chunks.isComplete else { throw .truncated(.png) }
    guard !chunks.isAnimated else { throw .animated(.png) }
    let context = try SPNGContext()
    let pixels = try bytes.withUnsafeBufferPointer { buffer throws(ImageError) in
      try context.read(from: buffer)
      return try context.pixels(count: header.width * header.height)
    }
    return Picture(width: header.storedWidth, height: header.storedHeight, pixels: pixels).turned(header.orientation)
  }
}
