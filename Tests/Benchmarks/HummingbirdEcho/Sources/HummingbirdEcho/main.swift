import Foundation
import Hummingbird
import Logging
import NIOCore

// The rival of the echo benchmark: a POST body of up to 32 KiB is collected and answered by a JSON with its size.
// Set up to be fast: no router, no middleware, no log, no `Codable`; one event loop a core, as is SwiftNIO's default.
// Started with the port to listen at as its argument (0: any free one); prints that port when it listens.

let responder = CallbackResponder { (request: Request, _: BasicRequestContext) in
  guard request.uri.path == "/echo" else { return Response(status: .notFound) }
  guard request.method == .post else { return Response(status: .methodNotAllowed, headers: [.allow: "POST"]) }
  var request = request
  let body = try await request.collectBody(upTo: 32 * 1024)
  return Response(
    status: .ok, headers: [.contentType: "application/json"],
    body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"bytes": \#(body.readableBytes)}"#)))
}

var logger = Logger(label: "echo")
logger.logLevel = .critical
let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
let application = Application(
  responder: responder,
  configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), backlog: 1024),
  onServerRunning: { channel in
    FileHandle.standardOutput.write(Data("\(channel.localAddress?.port ?? 0)\n".utf8))
  },
  logger: logger)
try await application.runService()
