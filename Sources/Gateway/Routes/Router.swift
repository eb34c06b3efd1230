internal import HTTPCore
internal import HTTPServer

/// Finds the route that a request is for, and answers what has none.
///
/// Every answer bears the request's id, and says for the log which route it is of.
struct Router: RequestHandler {
  private let routes: [Route]
  private let methods: [HTTPMethod]

  /// The methods of RFC 9110 §9.1 and RFC 5789: others are not known here (501), these may be not allowed (405).
  private static let known: Set<HTTPMethod> = [
    .get, .head, .post, .put, .delete, .connect, .options, .trace, .patch,
  ]

  init(_ routes: [Route]) {
    self.routes = routes
    methods = Self.allowed(routes)
  }

  func receive(_ head: RequestHead, from peer: Peer) -> Reception {
    guard case .origin(let path, _) = head.target else {
      // RFC 9110 §9.3.7: OPTIONS * asks about the server as a whole.
      return decorated(.answer(Self.options(methods)), RoutedRequest(head, from: peer), route: "*")
    }
    let matches = routes.compactMap { route in route.pattern.match(path).map { (route, parameters: $0) } }
    let wanted: HTTPMethod = head.method == .head ? .get : head.method
    let match = matches.first { $0.0.method == wanted }
    let request = RoutedRequest(head, from: peer, parameters: match?.parameters ?? [:])
    let pattern = (match ?? matches.first)?.0.pattern.description ?? "unmatched"
    if let match { return decorated(match.0.receive(request), request, route: pattern) }
    return decorated(.answer(refusal(of: request, path, matches.map(\.0))), request, route: pattern)
  }

  private func refusal(of request: RoutedRequest, _ path: String, _ matches: [Route]) -> Response {
    let method = request.head.method
    guard Self.known.contains(method) else {
      return request.problem(
        .notImplemented, "there is no method '\(method)' here", error: "method_not_implemented")
    }
    guard !matches.isEmpty else {
      return request.problem(.notFound, "there is nothing at '\(path)'", error: "not_found")
    }
    let allowed = Self.allowed(matches)
    if method == .options { return Self.options(allowed) }
    // RFC 9110 §15.5.6: Allow MUST say which methods there are.
    return request.problem(
      .methodNotAllowed, "'\(path)' has no \(method); it has \(Self.list(allowed))", error: "method_not_allowed",
      fields: [("Allow", Self.list(allowed))])
  }

  func response(to head: RequestHead, from peer: Peer, refusing problem: Problem) -> Response {
    let request = RoutedRequest(head, from: peer)
    var problem = problem
    problem.members["request_id"] = .string(request.requestID)
    return Self.decorated(problem.response, request, route: pattern(of: head.target))
  }

  /// What the log calls the paths of a target: a pattern of a route's, or a word for all others.
  private func pattern(of target: RequestTarget) -> String {
    guard case .origin(let path, _) = target else { return "*" }
    return routes.first { $0.pattern.match(path) != nil }?.pattern.description ?? "unmatched"
  }

  private func decorated(_ reception: Reception, _ request: RoutedRequest, route: String) -> Reception {
    switch reception {
    case .answer(let response): return .answer(Self.decorated(response, request, route: route))
    case .gather(let limit, let then):
      return .gather(limit: limit) { whole, responder in
        then(whole, responder.changing { Self.decorated($0, request, route: route) })
      }
    }
  }

  private static func decorated(_ response: Response, _ request: RoutedRequest, route: String) -> Response {
    var response = response.encoded(for: request.head)
    response.fields.set("X-Request-Id", request.requestID)
    response.notes["route"] = route
    response.notes["request_id"] = request.requestID
    if let trace = request.trace {
      response.notes["trace_id"] = trace.traceID
      response.notes["parent_id"] = trace.parentID
    }
    return response
  }

  private static func options(_ methods: [HTTPMethod]) -> Response {
    Response(.noContent, fields: ["Allow": list(methods)])
  }

  /// What can be done where these routes lead.
  private static func allowed(_ routes: [Route]) -> [HTTPMethod] {
    var methods: [HTTPMethod] = []
    for method in routes.map(\.method) + [.options] where !methods.contains(method) {
      methods += method == .get ? [.get, .head] : [method]
    }
    return methods
  }

  private static func list(_ methods: [HTTPMethod]) -> String {
    methods.map(\.rawValue).joined(separator: ", ")
  }
}
