internal import CSPNG

/// A libspng context: one file, read or written.
struct SPNGContext: ~Copyable {
  private let context: OpaquePointer

  /// How many bytes one inflated chunk beside the pixels may take, such as a colour profile or a text, and all together.
  private static let chunkLimit = (each: 8 << 20, all: 16 << 20)

  /// A new one.
  init(flags: spng_ctx_flags = spng_ctx_flags(0)) throws(ImageError) {
    guard let context = spng_ctx_new(Int32(flags.rawValue)) else { throw .malformed(.png, reason: "no memory") }
    self.context = context
  }

  deinit { spng_ctx_free(context) }

  private static func reason(_ status: Int32) -> String { String(cString: spng_strerror(status)) }

  private func check(_ status: Int32) throws(ImageError) {
    guard status == 0 else { throw .malformed(.png, reason: Self.reason(status)) }
  }

  /// Reads from these bytes, which must stay where they are while the context lives.
  borrowing func read(from bytes: UnsafeBufferPointer<UInt8>) throws(ImageError) {
    try check(spng_set_chunk_limits(context, Self.chunkLimit.each, Self.chunkLimit.all))
    // Not even a chunk that need not be understood may be damaged: transparency is one.
    try check(spng_set_crc_action(context, Int32(SPNG_CRC_ERROR.rawValue), Int32(SPNG_CRC_ERROR.rawValue)))
    try check(spng_set_png_buffer(context, bytes.baseAddress, bytes.count))
  }

  /// The first chunk.
  borrowing func header() throws(ImageError) -> spng_ihdr {
    var header = spng_ihdr()
    try check(spng_get_ihdr(context, &header))
    return header
  }

  /// RGB over white, after all chunks up to the end were read.
  borrowing func pixels(count: Int) throws(ImageError) -> [UInt8] {
    let header = try header()
    let hasAlpha =
      try hasTransparency() || header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA.rawValue
      || header.color_type == SPNG_COLOR_TYPE_TRUECOLOR_ALPHA.rawValue
    let format = hasAlpha ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8
    var pixels = [UInt8](repeating: 0, count: count * (hasAlpha ? 4 : 3))
    try check(
      spng_decode_image(
        context, &pixels, pixels.count, Int32(format.rawValue), Int32(SPNG_DECODE_TRNS.rawValue)))
    try check(spng_decode_chunks(context))
    if hasAlpha { pixels.reduceFromRGBAOverWhite() }
    return pixels
  }

  /// Whether there is a chunk `tRNS`; to find out, all chunks before the pixels are read.
  private func hasTransparency() throws(ImageError) -> Bool {
    var transparency = spng_trns()
    let status = spng_get_trns(context, &transparency)
    if status == Int32(SPNG_ECHUNKAVAIL.rawValue) { return false }
    try check(status)
    return true
  }

  /// The file of a picture.
  borrowing func encode(_ picture: Picture, isCompressed: Bool) throws(ImageError) -> [UInt8] {
    var header = spng_ihdr(
      width: UInt32(clamping: picture.width), height: UInt32(clamping: picture.height), bit_depth: 8,
      color_type: UInt8(SPNG_COLOR_TYPE_TRUECOLOR.rawValue), compression_method: 0, filter_method: 0,
      interlace_method: UInt8(SPNG_INTERLACE_NONE.rawValue))
    var count = 0
    var status = spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1)
    if !isCompressed {
      if status == 0 { status = spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, 0) }
      if status == 0 {
        status = spng_set_option(context, SPNG_FILTER_CHOICE, Int32(SPNG_FILTER_CHOICE_NONE.rawValue))
      }
    }
    if status == 0 { status = spng_set_ihdr(context, &header) }
    if status == 0 {
      status = spng_encode_image(
        context, picture.pixels, picture.pixels.count, Int32(SPNG_FMT_PNG.rawValue),
        Int32(SPNG_ENCODE_FINALIZE.rawValue))
    }
    guard status == 0, let start = spng_get_png_buffer(context, &count, &status) else {
      throw .unencodable(.png, reason: Self.reason(status))
    }
    defer { free(start) }
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}
