/// Why bytes are no picture, or a picture cannot become bytes. Which file it was is for the caller to say.
public enum ImageError: Error, Equatable, CustomStringConvertible {
  /// There is not one byte.
  case empty
  /// The first bytes are those of no format that is read.
  case unknownFormat(firstBytes: [UInt8])
  /// The file has more bytes than are read.
  case tooManyBytes(count: Int, limit: Int)
  /// The header announces more pixels, or a longer side, than are decoded.
  case tooLarge(ImageFormat, width: Int, height: Int, limits: ImageLimits)
  /// A JPEG has so many scans that decoding it would take too long for its size.
  case tooManyScans(count: Int, limit: Int)
  /// The file ends before the picture does.
  case truncated(ImageFormat)
  /// The file is not as its format asks, or uses what the decoder does not know; the reason is the decoder's own.
  case malformed(ImageFormat, reason: String)
  /// The file holds several pictures, of which none can stand for all.
  case animated(ImageFormat)
  /// The picture cannot be written; the reason is the encoder's own.
  case unencodable(ImageFormat, reason: String)

  /// One line for people.
  public var description: String {
    switch self {
    case .empty: "the picture is empty: a \(Self.formats) file is needed"
    case .unknownFormat(let bytes):
      "the picture starts with the bytes \(bytes.map(Self.hexadecimal).joined(separator: " ")), "
        + "which is not how a \(Self.formats) file starts"
    case .tooManyBytes(let count, let limit): "the picture has \(count) bytes; at most \(limit) are read"
    case .tooLarge(let format, let width, let height, let limits):
      "the \(format.name) picture claims \(width)×\(height) pixels; "
        + "at most \(limits.pixels) pixels and \(limits.side) a side are decoded"
    case .tooManyScans(let count, let limit):
      "the JPEG picture has \(count) scans; at this size at most \(limit) are decoded"
    case .truncated(let format): "the \(format.name) picture is truncated: its file ends before it does"
    case .malformed(let format, let reason): "the \(format.name) picture is malformed: \(reason)"
    case .animated(let format): "the \(format.name) picture is an animation: send a single picture"
    case .unencodable(let format, let reason): "the picture cannot be written as \(format.name): \(reason)"
    }
  }

  private static let formats = "JPEG, PNG or WebP"

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
