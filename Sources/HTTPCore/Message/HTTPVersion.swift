/// A version of HTTP with which this server speaks (RFC 9112 §2.3). Others are answered with 505.
public enum HTTPVersion: Sendable, Hashable {
  /// RFC 1945.
  case http1_0
  /// RFC 9112. A higher minor version than 1.1 counts as 1.1 (RFC 9110 §2.5).
  case http1_1
}
