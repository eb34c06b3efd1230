internal import Base
internal import HTTPCore
internal import HTTPServer

/// A handler that another can take the place of while requests are answered; each is answered by the one it came to.
final class ReloadableHandler: RequestHandler {
  private let current: LockBox<any RequestHandler>

  init(_ handler: any RequestHandler) { current = LockBox(handler) }

  /// Requests that come from now on are answered by another handler.
  func replace(with handler: any RequestHandler) { current.withLock { $0 = handler } }

  func receive(_ head: RequestHead, from peer: Peer) -> Reception {
    current.withLock { $0 }.receive(head, from: peer)
  }

  func response(to head: RequestHead, from peer: Peer, refusing problem: Problem) -> Response {
    current.withLock { $0 }.response(to: head, from: peer, refusing: problem)
  }
}
