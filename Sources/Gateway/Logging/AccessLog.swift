internal import HTTPCore
public import HTTPServer
internal import Logging

/// A line for each request that came to its end, of what the server knows and of what the answer had for the log.
///
/// The query is left out, and so are all header fields: either may hold secrets. Nothing of a body is ever logged.
public struct AccessLog: Sendable {
  /// Bytes of a path that are worth reading.
  private static let pathLimit = 256
  private static let names: Set<String> = [
    "method", "path", "status", "bytes_in", "bytes_out", "reading_ms", "waiting_ms", "writing_ms", "peer", "client",
    "complete", "time", "level", "logger", "message",
  ]

  private let output: LogOutput

  /// A log that writes there.
  public init(_ output: LogOutput) { self.output = output }

  /// Writes the line. Does not block. Notes follow the server's own fields in the order of their names; one that has the
  /// name of such a field is left out.
  public func record(_ exchange: ServerEvent.Exchange) {
    var fields: [LogRecord.Field] = []
    if let head = exchange.head {
      fields.append(.init("method", .text(head.method.rawValue)))
      fields.append(.init("path", .text(Self.path(head.target))))
    }
    fields += [
      .init("status", exchange.status.map { .number($0.code) } ?? .nothing),
      .init("bytes_in", .number(exchange.bytesIn)), .init("bytes_out", .number(exchange.bytesOut)),
      .init("reading_ms", .time(exchange.reading)), .init("waiting_ms", .time(exchange.waiting)),
      .init("writing_ms", .time(exchange.writing)), .init("peer", .text(exchange.peer.address)),
    ]
    if let subject = exchange.peer.certificateSubject { fields.append(.init("client", .text(subject))) }
    fields.append(.init("complete", .flag(exchange.isComplete)))
    for (name, value) in exchange.notes.sorted(by: { $0.key < $1.key }) where !Self.names.contains(name) {
      fields.append(.init(name, .text(value)))
    }
    output.write(LogRecord(level: .info, logger: "distinguo.access", message: "request", fields: fields))
  }

  private static func path(_ target: RequestTarget) -> String {
    switch target {
    case .asterisk: "*"
    case .origin(let path, _):
      path.utf8.count <= pathLimit ? path : String(decoding: path.utf8.prefix(pathLimit), as: UTF8.self) + "…"
    }
  }
}
