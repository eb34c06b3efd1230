import Images

/// Any bytes in a RIFF file of kind WEBP are a picture of the size that its header announces, or an error. The length in
/// the file's head is set to what there is, or hardly any mutation would come past it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWebPDecoding(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard count >= 12 else { return 0 }
  bytes.replaceSubrange(0..<4, with: "RIFF".utf8)
  let length = UInt32(count - 8)
  bytes.replaceSubrange(4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
  bytes.replaceSubrange(8..<12, with: "WEBP".utf8)
  let limits = ImageLimits(pixels: 1 << 18, side: 1 << 12)
  let header = try? ImageDecoder.header(of: bytes)
  guard let picture = try? ImageDecoder.decode(bytes, limits: limits) else { return 0 }
  precondition(
    header?.format == .webp && header?.width == picture.width && header?.height == picture.height,
    "the header announces another picture")
  return 0
}
