import Base
import Dispatch
import Glibc
import HTTPCore
import HTTPServer

/// A server for one test, with a handler made of closures, and a record of what it told.
final class RunningServer: Sendable {
  let server: HTTPServer
  let addresses: [String]
  let events: EventRecord

  var address: String { addresses[0] }

  /// Serves at free ports of 127.0.0.1 unless told otherwise.
  init(
    _ change: (inout ServerConfiguration) -> Void = { _ in },
    at listen: [ListenAddress] = [.tcp(host: "127.0.0.1", port: 0)],
    tls: ReloadableTLS? = nil,
    receive: @escaping @Sendable (RequestHead, Peer) -> Reception = RunningServer.echo
  ) throws {
    var configuration = ServerConfiguration()
    configuration.loops = 2
    change(&configuration)
    events = EventRecord()
    server = try HTTPServer(configuration, observer: events)
    let handler = Handler(body: receive)
    addresses = try server.listen(at: listen.map { HTTPServer.Endpoint($0, handler: handler, tls: tls) })
  }

  deinit { server.drain(notice: .zero, patience: .zero) { _ in } }

  /// Answers a GET with its target and everything else with the request's body; `/later` from another thread, after a
  /// moment; `/never` not at all; `/refused` before the body.
  static func echo(_ head: RequestHead, _ peer: Peer) -> Reception {
    let target = "\(head.target)"
    if target == "/refused" { return .answer(Response(.forbidden, type: "text/plain", body: "no".utf8)) }
    return .gather(limit: 1 << 20) { request, responder in
      let trailer = request.trailers["X-Trailer"].map { " \($0)" } ?? ""
      let body = request.head.method == .get ? Array(target.utf8) : request.body
      let response = Response(.ok, type: "text/plain", body: body + Array(trailer.utf8))
      switch target {
      case "/never": break
      case let late where late.hasPrefix("/later"):
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(5)) { responder.respond(response) }
      default: responder.respond(response)
      }
    }
  }

  private struct Handler: RequestHandler {
    let body: @Sendable (RequestHead, Peer) -> Reception
    func receive(_ head: RequestHead, from peer: Peer) -> Reception { body(head, peer) }
  }
}

/// What a server told, in order.
final class EventRecord: ServerObserver {
  private let events = LockBox<[ServerEvent]>([])

  func observe(_ event: ServerEvent) { events.withLock { $0.append(event) } }

  var exchanges: [ServerEvent.Exchange] {
    events.withLock { $0.compactMap { if case .finished(let exchange) = $0 { exchange } else { nil } } }
  }

  var refusals: [ServerEvent.Refusal] {
    events.withLock { $0.compactMap { if case .refused(let refusal) = $0 { refusal } else { nil } } }
  }

  var began: Int { events.withLock { $0.count { if case .began = $0 { true } else { false } } } }
  var opened: Int { events.withLock { $0.count { if case .opened = $0 { true } else { false } } } }
  var closed: Int { events.withLock { $0.count { if case .closed = $0 { true } else { false } } } }
}

/// Whether something becomes true within a minute. Blocks: a test that suspends comes back when all the others that wait
/// for Swift's few threads have had their turn, and by then the server's clients are late.
func eventually(_ condition: () throws -> Bool) throws -> Bool {
  for _ in 0..<6000 {
    if try condition() { return true }
    usleep(10_000)
  }
  return false
}
