internal import Base
internal import HTTPCore
internal import HTTPServer

/// A router that another can take the place of while requests are answered; each is answered by the one it came to.
final class ReloadableHandler: RequestHandler {
  private let current: LockBox<Router>

  init(_ router: Router) { current = LockBox(router) }

  /// Requests that come from now on are answered by another router.
  func replace(with router: Router) { current.withLock { $0 = router } }

  func receive(_ head: RequestHead, from peer: Peer) -> Reception {
    current.withLock { $0 }.receive(head, from: peer)
  }

  func response(to head: RequestHead, from peer: Peer, refusing problem: Problem) -> Response {
    current.withLock { $0 }.response(to: head, from: peer, refusing: problem)
  }
}
