internal import CLinux
internal import Dispatch
internal import Glibc
internal import HTTPCore

/// Accepts the connections of one listening socket and divides them over the loops.
///
/// Sendable unchecked: all of it is only touched on its loop's queue.
final class Acceptor: EventHandler, @unchecked Sendable {
  private let socket: ListeningSocket
  private let endpoint: HTTPServer.Endpoint
  private let loops: [EventLoop]
  private let server: ServerState
  private var slot: Int?
  private var next = 0

  /// How many are accepted before others have their turn.
  private static let turns = 64

  /// - Parameter loops: the first is the one that accepts.
  init(_ socket: ListeningSocket, endpoint: HTTPServer.Endpoint, loops: [EventLoop], server: ServerState) {
    self.socket = socket
    self.endpoint = endpoint
    self.loops = loops
    self.server = server
  }

  /// Where it listens.
  var address: SocketAddress { socket.address }

  /// Begins to accept. Called on the first loop's queue, as everything here.
  func start() {
    slot = try? loops[0].add(self, descriptor: socket.descriptor, events: EPOLLIN)
    // The kernel has no memory for one more.
    if slot == nil { suspend() }
  }

  /// Takes what waits, and no more.
  func stop() {
    // A connection that came between the last that was accepted and the end would be reset.
    socket.refuseFurther()
    accept(.max)
    if let slot { loops[0].remove(slot, descriptor: socket.descriptor) }
    slot = nil
  }

  func handle(_ events: EPOLL_EVENTS) { accept(Self.turns) }

  func tick(_ now: ContinuousClock.Instant) {}

  private func accept(_ count: Int) {
    guard slot != nil else { return }
    for _ in 0..<count {
      do {
        guard let (descriptor, peer) = try System.accept(socket.descriptor) else { return }
        take(descriptor, from: peer)
      } catch {
        // No descriptor or no memory left: those that wait are taken once there is. The event goes on telling of them,
        // so that it must not be listened to meanwhile.
        server.observer.observe(.refused(.descriptorLimit))
        suspend()
        return
      }
    }
  }

  private func suspend() {
    if let slot { loops[0].remove(slot, descriptor: socket.descriptor) }
    slot = nil
    loops[0].queue.asyncAfter(deadline: .now() + DispatchTimeInterval.milliseconds(100)) { [self] in
      if server.stage != .draining { start() }
    }
  }

  private func take(_ descriptor: Int32, from peer: SocketAddress) {
    // An answer in two segments would wait for the acknowledgement of the first. A Unix-domain socket knows no such thing.
    if peer.family != AF_UNIX { try? System.set(TCP_NODELAY, at: Int32(IPPROTO_TCP), of: descriptor, to: 1) }
    let refusal = server.census.enter(peer.host)
    if let refusal {
      server.observer.observe(.refused(refusal))
      // There is nothing to say before TLS is agreed upon, and that costs more than a refusal should.
      guard endpoint.tls == nil, server.census.enterRefused() else { return System.close(descriptor) }
    } else {
      server.observer.observe(.opened)
    }
    let loop = loops[next % loops.count]
    next += 1
    loop.perform { [self] in
      guard let transport = transport(descriptor) else {
        server.census.leave(peer.host)
        server.observer.observe(.refused(.handshake))
        server.observer.observe(.closed)
        return
      }
      Connection(
        transport, from: peer, loop: loop, server: server, handler: endpoint.handler,
        refusal: refusal.map(Self.answer)
      ).start()
    }
  }

  /// Takes over a connection's descriptor; nil, and the connection is closed, if there is no memory for TLS.
  private func transport(_ descriptor: Int32) -> (any Transport)? {
    guard let tls = endpoint.tls else { return PlainTransport(descriptor) }
    return try? TLSTransport(descriptor, context: tls.context)
  }

  private static func answer(_ refusal: ServerEvent.Refusal) -> Response {
    var response =
      switch refusal {
      case .addressLimit:
        Problem(.tooManyRequests, detail: "there are too many connections from this address", error: "address_limit")
          .response
      case .connectionLimit, .descriptorLimit, .handshake:
        Problem(.serviceUnavailable, detail: "there are too many connections", error: "connection_limit").response
      }
    response.fields.append("Retry-After", "1")
    return response
  }
}
