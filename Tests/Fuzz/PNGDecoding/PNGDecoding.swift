import Images

/// Any bytes after a PNG file's first eight are a picture of the size that its header announces, or an error; and a picture
/// that is written is the same picture again. Checksums are mended, or hardly any mutation would come past them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPNGDecoding(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard count >= 8 else { return 0 }
  bytes.replaceSubrange(0..<8, with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  mendChecksums(&bytes)
  let limits = ImageLimits(pixels: 1 << 18, side: 1 << 12)
  let header = try? ImageDecoder.header(of: bytes)
  guard let picture = try? ImageDecoder.decode(bytes, limits: limits) else { return 0 }
  precondition(
    header?.format == .png && header?.width == picture.width && header?.height == picture.height,
    "the header announces another picture")
  do {
    let again = try ImageDecoder.decode(try ImageEncoder.png(picture), limits: limits)
    precondition(again == picture, "a picture of \(picture.width)×\(picture.height) has changed")
  } catch {
    fatalError("what was written is not read: \(error)")
  }
  return 0
}

/// Gives each chunk the checksum of what is in it (PNG, third edition, 5.5).
private func mendChecksums(_ bytes: inout [UInt8]) {
  var position = 8
  while position + 12 <= bytes.count {
    let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - position - 12 else { return }
    let end = position + 8 + length
    var checksum = UInt32.max
    for byte in bytes[(position + 4)..<end] {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 0 ? checksum >> 1 : checksum >> 1 ^ 0xedb8_8320 }
    }
    for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: ~checksum >> (24 - 8 * UInt32(index))) }
    position = end + 4
  }
}
