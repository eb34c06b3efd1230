internal import Compression
public import HTTPCore

/// A content coding (RFC 9110 §8.4.1) that can be undone.
public enum ContentCoding: String, Sendable {
  /// RFC 1952.
  case gzip
  /// RFC 1950. Some clients send bare RFC 1951 data by this name (RFC 9110 §8.4.1.2); that has no checksum and is refused.
  case deflate

  /// How many may be on one another. Nobody needs more than one, and each costs as much as its result is long.
  static let limit = 2

  /// Says at a request's head whether its body will be decoded.
  ///
  /// - Throws: ``ContentCodingError`` for codings that are not known, or too many of them.
  public static func check(_ fields: HeaderFields) throws(ContentCodingError) { _ = try codings(of: fields) }

  /// The codings of a message in the order in which they were applied. `identity` is none.
  static func codings(of fields: HeaderFields) throws(ContentCodingError) -> [ContentCoding] {
    var codings: [ContentCoding] = []
    for value in fields.values("Content-Encoding") {
      // "A recipient MUST parse and ignore a reasonable number of empty list elements" (RFC 9110 §5.6.1.2).
      for member in value.split(separator: ",") {
        // Names are compared without regard to case (RFC 9110 §8.4.1).
        switch member.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ").lowercased() {
        case "", "identity": break
        // "A recipient SHOULD consider x-gzip to be equivalent to gzip" (RFC 9110 §8.4.1.3).
        case "gzip", "x-gzip": codings.append(.gzip)
        case "deflate": codings.append(.deflate)
        case let other: throw .unknown(coding: String(other.prefix(40)))
        }
      }
    }
    guard codings.count <= limit else { throw .tooMany(codings.count, limit: limit) }
    return codings
  }

  /// What was before this coding was applied, at most `limit` bytes. Takes no more time than they and `bytes` are long.
  func decoded(_ bytes: [UInt8], limit: Int) throws(ContentCodingError) -> [UInt8] {
    let format: Inflater.Format =
      switch self {
      case .gzip: .gzip
      case .deflate: .zlib
      }
    do throws(InflateError) {
      // Whatever follows the end is damage: a body has no padding.
      let inflater = try Inflater(format, limit: limit, allowsPadding: false)
      var (input, output) = (bytes[...], [UInt8]())
      try inflater.inflate(&input, appendingTo: &output)
      try inflater.finish()
      return output
    } catch {
      switch error {
      case .tooLong, .tooDense: throw .tooLong(limit: limit)
      case .noMemory: throw .noMemory
      case .malformed, .truncated, .trailing: throw .damaged(coding: rawValue, error)
      }
    }
  }
}
