import Dispatch
import Foundation
import HTTPCore
import HTTPServer

// Ours in the echo benchmark: a POST body of up to 32 KiB is gathered and answered by a JSON with its size.
// Started with the port to listen at as its argument (0: any free one); prints that port when it listens.

struct Echo: RequestHandler {
  func receive(_ head: RequestHead, from peer: Peer) -> Reception {
    guard case .origin("/echo", _) = head.target else { return .answer(Response(.notFound)) }
    guard head.method == .post else { return .answer(Response(.methodNotAllowed, fields: ["Allow": "POST"])) }
    return .gather(limit: 32 << 10) { request, responder in
      responder.respond(
        Response(.ok, type: "application/json", body: #"{"bytes": \#(request.body.count)}"#.utf8))
    }
  }
}

struct Silence: ServerObserver {
  func observe(_ event: ServerEvent) {}
}

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let server = try HTTPServer(observer: Silence())
let addresses = try server.listen(at: [.init(.tcp(host: "127.0.0.1", port: port), handler: Echo())])
let listening = addresses[0].split(separator: ":").last ?? ""
FileHandle.standardOutput.write(Data("\(listening)\n".utf8))
withExtendedLifetime(server) { dispatchMain() }
