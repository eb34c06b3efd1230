import Images

/// Any bytes after a JPEG file's first are a picture of the size that its header announces, or an error; scaled decoding
/// keeps what it must, and any picture can be resized.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJPEGDecoding(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  if count >= 3 { bytes.replaceSubrange(0..<3, with: [0xff, 0xd8, 0xff]) }
  let limits = ImageLimits(pixels: 1 << 18, side: 1 << 12)
  let header = try? ImageDecoder.header(of: bytes)
  guard let picture = try? ImageDecoder.decode(bytes, limits: limits) else { return 0 }
  precondition(
    header?.format == .jpeg && header?.width == picture.width && header?.height == picture.height,
    "the header announces another picture")
  let scaled: Picture
  do {
    scaled = try ImageDecoder.decode(bytes, limits: limits, atLeast: (3, 2))
  } catch {
    fatalError("what is decoded whole is not decoded smaller: \(error)")
  }
  precondition(scaled.width >= min(6, picture.width) && scaled.height >= min(4, picture.height), "scaled too far")
  for mode in ResizeMode.allCases {
    let fitted = scaled.fitted(width: 3, height: 2, mode: mode)
    precondition(fitted.pixels.count == 18, "fitted to another size")
  }
  return 0
}
