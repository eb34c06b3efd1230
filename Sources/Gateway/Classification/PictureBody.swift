internal import Defence
internal import Images

/// The bytes of a picture, as they came in a body or a part of one.
struct PictureBody: Sendable {
  /// The file.
  var bytes: [UInt8]
  /// What the sender says it is, in lower case, such as `image/png`; nil if nothing or `application/octet-stream` was
  /// said.
  var declaredType: String?
  /// What the sender calls it.
  var fileName: String?

  /// The picture at the networks' size.
  ///
  /// What a file is shows in its first bytes; but who says something else sends something else than they think, and is
  /// told so.
  func picture(
    _ input: InputFormat, limits: ImageLimits
  ) throws(ClassificationFault) -> (picture: Picture, format: ImageFormat) {
    guard !bytes.isEmpty else { throw .empty }
    let format = ImageFormat(sniffing: bytes)
    if let declaredType, let format, format.mediaType != declaredType {
      throw .otherFormat(declared: declaredType, found: format)
    }
    do throws(ImageError) {
      let picture = try ImageDecoder.decode(bytes, limits: limits, atLeast: (input.width, input.height))
      // Decoding fails for a format that is not known.
      guard let format else { throw ImageError.unknownFormat(firstBytes: Array(bytes.prefix(8))) }
      return (input.fitted(picture), format)
    } catch {
      throw .image(error)
    }
  }
}
