internal import Dispatch
internal import Foundation
internal import HTTPCore

/// An HTTP/1.1 server (RFC 9112) on non-blocking sockets, over a few of Dispatch's serial queues.
///
/// Sendable unchecked: what changes, the acceptors, is only touched on the first loop's queue.
public final class HTTPServer: @unchecked Sendable {
  /// One place to listen at, and who serves what comes in there.
  public struct Endpoint: Sendable {
    /// Where.
    public var address: ListenAddress
    /// Who.
    public var handler: any RequestHandler
    /// With which certificate; nil for plain HTTP.
    public var tls: ReloadableTLS?

    /// An endpoint from its parts.
    public init(_ address: ListenAddress, handler: any RequestHandler, tls: ReloadableTLS? = nil) {
      self.address = address
      self.handler = handler
      self.tls = tls
    }
  }

  private let loops: [EventLoop]
  private let server: ServerState
  private var acceptors: [Acceptor] = []

  /// Makes the queues. Nothing is listened to yet.
  ///
  /// - Throws: ``SystemError`` if there are no descriptors left.
  public init(_ configuration: ServerConfiguration = ServerConfiguration(), observer: any ServerObserver)
    throws(SystemError)
  {
    precondition(configuration.loops > 0, "at least one queue")
    _ = System.raiseDescriptorLimit()
    var loops: [EventLoop] = []
    for number in 0..<configuration.loops { loops.append(try EventLoop(number: number)) }
    self.loops = loops
    server = ServerState(configuration, observer: observer)
  }

  /// Listens at all of some endpoints, or, if one of them cannot be had, at none.
  ///
  /// - Returns: where each listens, as a ``ListenAddress`` is written, with the ports that were free where 0 was asked for.
  /// - Throws: ``SystemError``, which names the address.
  public func listen(at endpoints: [Endpoint]) throws(SystemError) -> [String] {
    var new: [Acceptor] = []
    for endpoint in endpoints {
      new.append(
        Acceptor(try ListeningSocket(endpoint.address), endpoint: endpoint, loops: loops, server: server))
    }
    loops[0].queue.sync {
      acceptors += new
      for acceptor in new { acceptor.start() }
    }
    return new.map { "\($0.address)" }
  }

  /// How many connections there are.
  public var connections: Int { server.census.count }

  /// How many bytes are held for them: bodies, what was sent ahead, answers.
  public var bufferedBytes: Int { server.budget.count }

  /// Stops without losing a request: first each connection is closed with its next answer while new ones are still taken,
  /// so that whoever divides the load can go elsewhere; then no new one is taken, those without a request are closed,
  /// streams are ended, and the answers that are due are waited for.
  ///
  /// - Parameters:
  ///   - notice: how long the first part takes.
  ///   - patience: how long the second may take.
  ///   - done: called once, with how many connections had to be left unanswered.
  public func drain(notice: Duration, patience: Duration, done: @escaping @Sendable (Int) -> Void) {
    server.stage = .leaving
    let queue = loops[0].queue
    queue.asyncAfter(deadline: .now() + notice.dispatch) { [self] in
      for acceptor in acceptors { acceptor.stop() }
      acceptors = []
      server.stage = .draining
      let end = ContinuousClock.now + patience
      @Sendable func look() {
        let left = server.census.count
        guard left > 0, .now < end else { return done(left) }
        queue.asyncAfter(deadline: .now() + .milliseconds(20)) { look() }
      }
      look()
    }
  }
}

extension Duration {
  fileprivate var dispatch: DispatchTimeInterval {
    .nanoseconds(Int(clamping: components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000))
  }
}
