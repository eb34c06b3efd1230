import Base
import Glibc
import HTTPCore
import HTTPServer

/// A server whose answers are streamed, by the test. What is not `/stream` is answered at once, with its target.
final class StreamingServer: Sendable {
  let running: RunningServer
  private let streams: LockBox<[BodyStream]>
  private let closes: LockBox<Int>

  init(
    _ change: (inout ServerConfiguration) -> Void = { _ in },
    at listen: [ListenAddress] = [.tcp(host: "127.0.0.1", port: 0)], tls: ReloadableTLS? = nil, status: HTTPStatus = .ok
  ) throws {
    // As the process does that holds a server: OpenSSL writes to sockets that may be closed at the other end.
    signal(SIGPIPE, SIG_IGN)
    let (streams, closes) = (LockBox<[BodyStream]>([]), LockBox(0))
    (self.streams, self.closes) = (streams, closes)
    running = try RunningServer(change, at: listen, tls: tls) { head, peer in
      guard case .origin("/stream", _) = head.target else { return RunningServer.echo(head, peer) }
      return .gather(limit: 0) { _, responder in
        let stream = responder.stream(Response(status, fields: ["Content-Type": "text/event-stream"])) {
          closes.withLock { $0 += 1 }
        }
        streams.withLock { $0.append(stream) }
      }
    }
  }

  var address: String { running.address }
  var server: HTTPServer { running.server }
  var events: EventRecord { running.events }
  /// How often a stream was said to be closed.
  var closed: Int { closes.withLock { $0 } }

  /// A client that has asked for a stream.
  func client(receiveBuffer: Int32? = nil, version: String = "1.1") throws -> RawClient {
    let client = try RawClient(address, receiveBuffer: receiveBuffer)
    try client.send("GET /stream HTTP/\(version)\r\nHost: h\r\n\r\n")
    return client
  }

  /// The next stream that a client has asked for, which ends when the test lets go of it.
  func stream() throws -> BodyStream {
    guard try eventually({ streams.withLock { !$0.isEmpty } }) else { throw RawClient.Failure(what: "no stream") }
    return streams.withLock { $0.removeFirst() }
  }

  /// Whether, in the end, nothing is left of so many streams.
  func hasLetGo(of count: Int) throws -> Bool {
    try eventually { closed == count && server.connections == 0 && server.bufferedBytes == 0 }
  }
}
