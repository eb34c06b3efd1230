/// A request up to its body, checked: what is here cannot be read in two ways.
public struct RequestHead: Sendable, Hashable {
  /// How the body's end is known (RFC 9112 §6.3). Nothing else delimits a request's body.
  public enum Framing: Sendable, Hashable {
    /// There is no body.
    case none
    /// A Content-Length, 0 included.
    case length(Int)
    /// `Transfer-Encoding: chunked`.
    case chunked
  }

  /// The method.
  public var method: HTTPMethod
  /// What it is applied to.
  public var target: RequestTarget
  /// The client's version.
  public var version: HTTPVersion
  /// All field lines.
  public var fields: HeaderFields
  /// How the body's end is known.
  public var framing: Framing
  /// Whether the client can send a further request on the connection (RFC 9112 §9.3).
  public var keepsAlive: Bool
  /// Whether the client waits for 100 (Continue) before it sends the body (RFC 9110 §10.1.1).
  public var expectsContinue: Bool
  /// The scheme of a target in absolute form, `http` or `https`: the server must refuse one that is not the connection's
  /// (RFC 9110 §7.4). Nil with the other forms, whose scheme is the connection's (RFC 9112 §3.3).
  public var scheme: String?

  /// A head from its parts, which the caller has checked.
  public init(
    method: HTTPMethod, target: RequestTarget, version: HTTPVersion = .http1_1, fields: HeaderFields = [:],
    framing: Framing = .none, keepsAlive: Bool = true, expectsContinue: Bool = false, scheme: String? = nil
  ) {
    self.method = method
    self.target = target
    self.version = version
    self.fields = fields
    self.framing = framing
    self.keepsAlive = keepsAlive
    self.expectsContinue = expectsContinue
    self.scheme = scheme
  }
}
