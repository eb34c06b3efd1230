internal import CTurboJPEG

/// A TurboJPEG handle: one codec, for one thread at a time.
struct TurboJPEG: ~Copyable {
  private let handle: tjhandle

  /// Takes a new handle over.
  init(_ handle: tjhandle?) throws(ImageError) {
    guard let handle else { throw .malformed(.jpeg, reason: String(cString: tjGetErrorStr2(nil))) }
    self.handle = handle
  }

  deinit { tjDestroy(handle) }

  /// The last failure in libjpeg's words.
  private var reason: String { String(cString: tjGetErrorStr2(handle)) }

  /// Size and colour space of a file.
  borrowing func header(of bytes: [UInt8]) throws(ImageError) -> (width: Int, height: Int, colors: TJCS) {
    var (width, height, sampling, colors): (Int32, Int32, Int32, Int32) = (0, 0, 0, -1)
    let status = tjDecompressHeader3(
      handle, bytes, UInt(bytes.count), &width, &height, &sampling, &colors)
    // It also fails for an unusual subsampling, which can be decoded nonetheless; then all the rest is known.
    guard width > 0, height > 0, colors >= 0 else {
      throw .malformed(.jpeg, reason: status == 0 ? "it has tables only, and no picture" : reason)
    }
    return (Int(width), Int(height), TJCS(UInt32(colors)))
  }

  /// The pixels of a file at one of the sizes that libjpeg scales to.
  ///
  /// Whatever libjpeg only warns of is an error too: a missing end, bits that are no code, bytes that do not belong.
  borrowing func decompress(
    _ bytes: [UInt8], width: Int, height: Int, format: TJPF
  ) throws(ImageError) -> [UInt8] {
    let stride = width * (format == TJPF_CMYK ? 4 : 3)
    var pixels = [UInt8](repeating: 0, count: stride * height)
    let status = tjDecompress2(
      handle, bytes, UInt(bytes.count), &pixels, Int32(width), Int32(stride), Int32(height), format.rawValue,
      TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
    guard status == 0 else { throw .malformed(.jpeg, reason: reason) }
    return pixels
  }

  /// The file of a picture.
  borrowing func compress(_ picture: Picture, quality: Int) throws(ImageError) -> [UInt8] {
    var start: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    defer { tjFree(start) }
    let status = tjCompress2(
      handle, picture.pixels, Int32(clamping: picture.width), 0, Int32(clamping: picture.height), TJPF_RGB.rawValue,
      &start, &count, Int32(TJSAMP_420.rawValue), Int32(quality), TJFLAG_ACCURATEDCT)
    guard status == 0 else { throw .unencodable(.jpeg, reason: reason) }
    return Array(UnsafeBufferPointer(start: start, count: Int(count)))
  }
}
