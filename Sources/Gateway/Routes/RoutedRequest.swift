internal import Foundation
internal import HTTPCore
internal import HTTPServer

/// A request's head at the route that it is for.
struct RoutedRequest: Sendable {
  /// The head.
  let head: RequestHead
  /// Who sent it.
  let peer: Peer
  /// The parts of the path that the route's pattern leaves open, by name, decoded.
  let parameters: [String: String]
  /// Identifies the request: what its `X-Request-Id` says, else made.
  let requestID: String
  /// Where it stands in a trace, if it says so.
  let trace: TraceContext?

  init(_ head: RequestHead, from peer: Peer, parameters: [String: String] = [:]) {
    self.head = head
    self.peer = peer
    self.parameters = parameters
    requestID = Self.requestID(head.fields) ?? UUID().uuidString.lowercased()
    // §3.3.1.1 of Trace Context: more than one field is as good as none.
    let traceparent = head.fields.values("traceparent")
    trace = traceparent.count == 1 ? TraceContext(traceparent: traceparent[0]) : nil
  }

  /// What a client calls its request, if logs and answers can take it: one field of 1 to 128 visible ASCII characters.
  private static func requestID(_ fields: HeaderFields) -> String? {
    let given = fields.values("X-Request-Id")
    guard given.count == 1, (1...128).contains(given[0].utf8.count),
      given[0].utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return nil }
    return given[0]
  }

  /// A response that says what is wrong, and about which request.
  func problem(
    _ status: HTTPStatus, _ detail: String, error: String, members: [String: Problem.Value] = [:],
    fields: [(String, String)] = []
  ) -> Response {
    var members = members
    members["request_id"] = .string(requestID)
    var response = Problem(status, detail: detail, error: error, members: members).response
    for (name, value) in fields { response.fields.set(name, value) }
    return response
  }

  /// Has a body gathered that there must be.
  ///
  /// What is wrong already is answered before the body is asked for.
  func gather(limit: Int, then: @escaping @Sendable (Request, Responder) -> Void) -> Reception {
    switch head.framing {
    case .none:
      // RFC 9110 §15.5.12: the client may send it again with a length.
      .answer(
        problem(
          .lengthRequired, "a body is needed: send it with Content-Length or in chunks", error: "length_required"))
    case .length(let count) where count > limit:
      .answer(
        problem(
          .contentTooLarge, "the body has \(count) bytes; at most \(limit) are read", error: "content_too_large",
          members: ["limit": .integer(limit)]))
    case .length, .chunked: .gather(limit: limit, then: then)
    }
  }
}
