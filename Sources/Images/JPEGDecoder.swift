internal import CTurboJPEG

/// A JPEG file, decoded by libjpeg-turbo.
struct JPEGDecoder {
  let header: ImageHeader
  private let bytes: [UInt8]
  private let markers: JPEGMarkers
  /// CMYK or YCCK: four components.
  private let hasBlack: Bool

  /// Reads the header. - Throws: ``ImageError`` if libjpeg finds none.
  init(_ bytes: [UInt8]) throws(ImageError) {
    self.bytes = bytes
    markers = JPEGMarkers(bytes)
    let turbo = try TurboJPEG(tjInitDecompress())
    let (width, height, colors): (Int, Int, TJCS)
    do throws(ImageError) {
      (width, height, colors) = try turbo.header(of: bytes)
    } catch {
      // libjpeg has many words for a header that ends too soon.
      throw markers.isComplete ? error : .truncated(.jpeg)
    }
    hasBlack = colors == TJCS_CMYK || colors == TJCS_YCCK
    header = ImageHeader(
      .jpeg, storedWidth: width, storedHeight: height, orientation: markers.exif.map(Orientation.init) ?? .upright)
  }

  func decode(limits: ImageLimits, atLeast size: (width: Int, height: Int)?) throws(ImageError) -> Picture {
    try limits.check(header)
    guard markers.isComplete else { throw .truncated(.jpeg) }
    let scans = limits.scans(pixels: header.width * header.height)
    guard markers.scans <= scans else { throw .tooManyScans(count: markers.scans, limit: scans) }
    let divisor = divisor(atLeast: size)
    let width = (header.storedWidth + divisor - 1) / divisor
    let height = (header.storedHeight + divisor - 1) / divisor
    let turbo = try TurboJPEG(tjInitDecompress())
    var pixels = try turbo.decompress(bytes, width: width, height: height, format: hasBlack ? TJPF_CMYK : TJPF_RGB)
    if hasBlack { pixels.reduceFromInvertedCMYK() }
    return Picture(width: width, height: height, pixels: pixels).turned(header.orientation)
  }

  /// By what the picture may be scaled down while it is decoded: 1, 2, 4 or 8, for which libjpeg-turbo has fast code.
  private func divisor(atLeast size: (width: Int, height: Int)?) -> Int {
    guard let size, size.width > 0, size.height > 0 else { return 1 }
    // Division, since a product could overflow.
    let scale = min(header.width / size.width, header.height / size.height) / 2
    return [8, 4, 2].first { $0 <= scale } ?? 1
  }
}
