internal import HTTPCore

extension Request {
  /// The body without its content codings (RFC 9110 §8.4): gzip and deflate, at most two on one another.
  ///
  /// - Parameter limit: how many bytes it may have, and how many may come of the outer coding.
  public func decodedBody(limit: Int) throws(ContentCodingError) -> [UInt8] {
    let codings = try ContentCoding.codings(of: head.fields)
    // There is nothing to decode where there is no body at all.
    guard head.framing != .none else { return body }
    var decoded = body
    // The last that was applied is the first to be undone.
    for coding in codings.reversed() { decoded = try coding.decoded(decoded, limit: limit) }
    guard decoded.count <= limit else { throw .tooLong(limit: limit) }
    return decoded
  }
}
