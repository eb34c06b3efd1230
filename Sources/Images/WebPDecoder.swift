internal import CWebP

/// A WebP file, decoded by libwebp.
struct WebPDecoder {
  let header: ImageHeader
  private let bytes: [UInt8]
  private let chunks: WebPChunks

  /// Reads the header. - Throws: ``ImageError`` if there is none.
  init(_ bytes: [UInt8]) throws(ImageError) {
    self.bytes = bytes
    chunks = WebPChunks(bytes)
    let size: (width: Int, height: Int)
    if let canvas = chunks.canvas {
      size = canvas
    } else {
      var features = WebPBitstreamFeatures()
      try Self.check(WebPGetFeatures(bytes, bytes.count, &features))
      size = (Int(features.width), Int(features.height))
    }
    header = ImageHeader(
      .webp, storedWidth: size.width, storedHeight: size.height,
      orientation: chunks.exif.map(Orientation.init) ?? .upright)
  }

  func decode(limits: ImageLimits) throws(ImageError) -> Picture {
    try limits.check(header)
    guard chunks.isComplete else { throw .truncated(.webp) }
    guard !chunks.isAnimated else { throw .animated(.webp) }
    var config = WebPDecoderConfig()
    guard WebPInitDecoderConfig(&config) != 0 else {
      throw .malformed(.webp, reason: "libwebp has another version than it was built against")
    }
    try Self.check(WebPGetFeatures(bytes, bytes.count, &config.input))
    // What a VP8X chunk announces must be what follows.
    let (width, height) = (header.storedWidth, header.storedHeight)
    guard config.input.width == width, config.input.height == height else {
      throw .malformed(.webp, reason: "VP8_STATUS_BITSTREAM_ERROR")
    }
    let hasAlpha = config.input.has_alpha != 0
    let stride = width * (hasAlpha ? 4 : 3)
    config.output.colorspace = hasAlpha ? MODE_RGBA : MODE_RGB
    config.output.is_external_memory = 1
    var pixels = [UInt8](repeating: 0, count: stride * height)
    let status = pixels.withUnsafeMutableBufferPointer { target in
      config.output.u.RGBA = WebPRGBABuffer(rgba: target.baseAddress, stride: Int32(stride), size: target.count)
      return WebPDecode(bytes, bytes.count, &config)
    }
    WebPFreeDecBuffer(&config.output)
    try Self.check(status)
    if hasAlpha { pixels.reduceFromRGBAOverWhite() }
    return Picture(width: width, height: height, pixels: pixels).turned(header.orientation)
  }

  private static func check(_ status: VP8StatusCode) throws(ImageError) {
    switch status {
    case VP8_STATUS_OK: return
    case VP8_STATUS_SUSPENDED, VP8_STATUS_NOT_ENOUGH_DATA: throw .truncated(.webp)
    case VP8_STATUS_OUT_OF_MEMORY: throw .malformed(.webp, reason: "VP8_STATUS_OUT_OF_MEMORY")
    case VP8_STATUS_INVALID_PARAM: throw .malformed(.webp, reason: "VP8_STATUS_INVALID_PARAM")
    case VP8_STATUS_BITSTREAM_ERROR: throw .malformed(.webp, reason: "VP8_STATUS_BITSTREAM_ERROR")
    case VP8_STATUS_UNSUPPORTED_FEATURE: throw .malformed(.webp, reason: "VP8_STATUS_UNSUPPORTED_FEATURE")
    default: throw .malformed(.webp, reason: "status \(status.rawValue)")
    }
  }
}
