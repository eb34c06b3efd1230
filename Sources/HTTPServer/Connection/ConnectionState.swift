internal import HTTPCore

/// Where a connection stands. Each state but `waiting`, and `streaming` while nothing waits to be sent, has a time at which it is over.
enum ConnectionState {
  /// TLS is being agreed upon.
  case handshaking
  /// No byte of a request has come yet.
  case idle(since: ContinuousClock.Instant)
  /// A part of a head has come.
  case readingHead(Exchange)
  /// The answer is known; what is left of a short body is read and dropped, then it is sent.
  case dropping(Exchange, Response)
  /// The body comes in.
  case gathering(Exchange, Gathering)
  /// The whole request is with the handler.
  case waiting(Exchange)
  /// The answer goes out.
  case writing(Exchange, closes: Bool)
  /// The answer's head goes out, and then its body as it comes to be.
  case streaming(Exchange, Streaming)
  /// The answer is out and the server's side closed. What the client still sends is read and dropped, since closing at
  /// once would make the kernel throw away the answer (RFC 9112 §9.6).
  case lingering(dropped: Int)
  /// It is over.
  case closed

  /// What becomes of a body.
  struct Gathering {
    /// The most bytes of it.
    let limit: Int
    /// Who is given it.
    let then: @Sendable (Request, Responder) -> Void
  }

  /// How a body is sent that comes to be meanwhile.
  struct Streaming {
    /// Where it comes from.
    let buffer: BodyBuffer
    /// Whether it is sent in chunks; else it ends with the connection.
    let isChunked: Bool
    /// Whether the connection is closed afterwards.
    let closes: Bool

    init(_ buffer: BodyBuffer, isChunked: Bool, closes: Bool) {
      self.buffer = buffer
      self.isChunked = isChunked
      self.closes = closes
    }
  }
}
