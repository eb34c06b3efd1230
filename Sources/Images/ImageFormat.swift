/// The kinds of file that are read. What a file is shows in its first bytes; its name and media type do not count.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// ITU-T T.81, baseline or progressive, with Huffman or arithmetic coding.
  case jpeg
  /// PNG, third edition.
  case png
  /// RFC 9649, lossy or lossless.
  case webp

  /// How many bytes it takes to tell.
  private static let signatureLength = 12

  /// The format of a file with these first bytes, or nil if it is none of these.
  public init?(sniffing bytes: [UInt8]) {
    let start = bytes.prefix(Self.signatureLength)
    if start.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else if start.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if start.starts(with: "RIFF".utf8), start.dropFirst(8).elementsEqual("WEBP".utf8) {
      self = .webp
    } else {
      return nil
    }
  }

  /// Its media type: RFC 2046 §4.2, RFC 9649 §2 and PNG's registration.
  public var mediaType: String { "image/\(rawValue)" }

  /// Its name as people write it.
  public var name: String {
    switch self {
    case .jpeg: "JPEG"
    case .png: "PNG"
    case .webp: "WebP"
    }
  }
}
