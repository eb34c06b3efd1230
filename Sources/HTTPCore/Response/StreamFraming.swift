/// How the end of a body is told whose length is not known when it begins (RFC 9112 §6.3).
public enum StreamFraming: Sendable, Hashable {
  /// Each piece has its length before it (§7.1).
  case chunked
  /// The body ends with the connection: HTTP/1.0 knows no chunks.
  case untilClose
  /// Nothing is sent: the request was HEAD, or the status forbids a body.
  case noBody

  /// What the answer to a request is framed with; `head` is nil if none could be read.
  public init(_ status: HTTPStatus, for head: RequestHead?) {
    // RFC 9110 §15.3.6: 205 has no content either.
    if head?.method == .head || status.forbidsBody || status.code == 205 {
      self = .noBody
    } else {
      // RFC 9112 §6.1: MUST NOT be sent to a client that is not known to be of HTTP/1.1.
      self = head?.version == .http1_1 ? .chunked : .untilClose
    }
  }
}
