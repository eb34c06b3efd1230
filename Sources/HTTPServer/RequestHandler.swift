public import HTTPCore

/// Who sent a request.
public struct Peer: Sendable, Hashable {
  /// An IPv4 or IPv6 address in its usual text, or `unix`.
  public let address: String
  /// The TCP port, or 0.
  public let port: Int
  /// The subject of the client's certificate, where one was asked for and given.
  public let certificateSubject: String?

  /// A peer from its parts.
  public init(address: String, port: Int, certificateSubject: String? = nil) {
    self.address = address
    self.port = port
    self.certificateSubject = certificateSubject
  }
}

/// A request with its whole body.
public struct Request: Sendable {
  /// All but the body.
  public let head: RequestHead
  /// The body as it was transferred, without its chunks; a content coding is still on it.
  public let body: [UInt8]
  /// The fields after a chunked body.
  public let trailers: HeaderFields
  /// Who sent it.
  public let peer: Peer
  /// When its first byte came.
  public let arrival: ContinuousClock.Instant

  /// A request from its parts.
  public init(
    head: RequestHead, body: [UInt8] = [], trailers: HeaderFields = [:], peer: Peer,
    arrival: ContinuousClock.Instant = .now
  ) {
    self.head = head
    self.body = body
    self.trailers = trailers
    self.peer = peer
    self.arrival = arrival
  }
}

/// What is to become of a request, said as soon as its head is known.
public enum Reception: Sendable {
  /// It is answered without its body, which is never asked for or thrown away.
  case answer(Response)
  /// Its body, of at most `limit` bytes (413 else), is gathered and handed on with the one who waits for the answer.
  ///
  /// `then` is called on the connection's queue and must not block.
  case gather(limit: Int, then: @Sendable (Request, Responder) -> Void)
}

/// What serves the requests of an ``HTTPServer``.
public protocol RequestHandler: Sendable {
  /// Says what is to become of a request. Called on the connection's queue; must not block.
  func receive(_ head: RequestHead, from peer: Peer) -> Reception

  /// The answer to a request whose head is known and whose body the server refuses: it is too large, too slow, or there is
  /// no memory for it.
  func response(to head: RequestHead, from peer: Peer, refusing problem: Problem) -> Response
}

extension RequestHandler {
  /// The problem as it is.
  public func response(to head: RequestHead, from peer: Peer, refusing problem: Problem) -> Response {
    problem.response
  }
}
