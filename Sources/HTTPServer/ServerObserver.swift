public import HTTPCore

/// What an ``HTTPServer`` tells of its work, for metrics and the access log.
public enum ServerEvent: Sendable {
  /// Why a connection was closed or refused.
  public enum Refusal: String, Sendable, CaseIterable {
    /// There are as many connections as there may be.
    case connectionLimit = "connection_limit"
    /// The address has as many as it may have.
    case addressLimit = "address_limit"
    /// The process has no file descriptors left; accepting resumes.
    case descriptorLimit = "descriptor_limit"
    /// The TLS handshake failed.
    case handshake
  }

  /// One request and its answer, once the answer is written or the connection is gone.
  public struct Exchange: Sendable {
    /// The request's head, nil if none could be read.
    public let head: RequestHead?
    /// Who sent it.
    public let peer: Peer
    /// The answer's status; nil if the client was gone before there was one.
    public let status: HTTPStatus?
    /// What the answer had for the log.
    public let notes: [String: String]
    /// Bytes of the request's body.
    public let bytesIn: Int
    /// Bytes written, head included.
    public let bytesOut: Int
    /// From the request's first byte to its last.
    public let reading: Duration
    /// From then to the answer.
    public let waiting: Duration
    /// From then until the last byte was handed to the kernel.
    public let writing: Duration
    /// Whether the whole answer was handed over.
    public let isComplete: Bool
    /// Whether its body came to be while it was sent, so that `writing` says how long that took and nothing of the server.
    public let isStreamed: Bool
  }

  /// A connection was accepted.
  case opened
  /// A connection is gone.
  case closed
  /// A connection was not taken, or could not be.
  case refused(Refusal)
  /// A request's head is known; one ``finished(_:)`` with that head follows.
  case began
  /// A request came to its end.
  case finished(Exchange)
}

/// Who is told. Called on the connections' queues, so it must be quick and must not block.
public protocol ServerObserver: Sendable {
  /// Takes note of an event.
  func observe(_ event: ServerEvent)
}
