internal import Dispatch
internal import HTTPCore
internal import HTTPServer

/// Makes routes of what administrators can ask for: whoever asks is known and may, and what is changed is written down.
struct AdminRouter: Sendable {
  let gate: AdminGate
  let audit: AuditLog
  let idempotency: Idempotency

  /// Where answers are made that wait for the disk or for networks.
  private static let queue = DispatchQueue(label: "distinguo.administration", qos: .utility, attributes: .concurrent)

  /// The routes.
  func routes(_ routes: [AdminRoute]) -> [Route] {
    routes.map { route in Route(route.method, route.pattern) { receive($0, route) } }
  }

  private func receive(_ request: RoutedRequest, _ route: AdminRoute) -> Reception {
    let administrator: Administrator
    do throws(AdminProblem) {
      administrator = try gate.administrator(for: request, role: route.role)
    } catch {
      // Not of those without a token: everybody who opens the page asks once without.
      if let entry = route.audit, error.status != .unauthorized || request.head.fields["Authorization"] != nil {
        Self.queue.async {
          audit.record(
            entry.action, entry.target(request), .refused, by: "anonymous", detail: error.detail,
            requestID: request.requestID, peer: request.peer.address)
        }
      }
      return .answer(Self.response(to: request, error))
    }
    switch route.work {
    case .receive(let receive): return receive(request, administrator)
    case .stream(let stream):
      return .gather(limit: route.limit) { _, responder in
        Self.queue.async {
          do throws(AdminProblem) {
            try stream(AdminRequest(routed: request, administrator: administrator, body: []), responder)
          } catch {
            responder.respond(Self.response(to: request, error))
          }
        }
      }
    case .answer(let answer):
      // What is wrong already is answered before the body is asked for. Where there is none, there may be none needed.
      if case .length(let count) = request.head.framing, count > route.limit {
        return request.gather(limit: route.limit) { _, _ in }
      }
      return .gather(limit: route.limit) { whole, responder in
        Self.queue.async { responder.respond(self.answer(request, whole, administrator, route, answer)) }
      }
    }
  }

  private func answer(
    _ request: RoutedRequest, _ whole: Request, _ administrator: Administrator, _ route: AdminRoute,
    _ work: (AdminRequest) throws(AdminProblem) -> Response
  ) -> Response {
    var response: Response
    var problem: AdminProblem?
    do throws(AdminProblem) {
      let body: [UInt8]
      do throws(ContentCodingError) { body = try whole.decodedBody(limit: route.limit) } catch {
        throw AdminProblem(error)
      }
      let request = AdminRequest(routed: request, administrator: administrator, body: body)
      response = try route.isIdempotent ? idempotency.answer(request, work) : work(request)
    } catch {
      problem = error
      response = Self.response(to: request, error)
    }
    if let entry = route.audit {
      audit.record(
        entry.action, response.notes["target"] ?? entry.target(request),
        problem.map { $0.status.code < 500 ? .refused : .failed } ?? .succeeded,
        by: administrator.name, detail: problem?.detail ?? response.notes["audit"] ?? "",
        requestID: request.requestID, peer: request.peer.address)
    }
    response.notes["actor"] = administrator.name
    return response
  }

  /// A problem as a response.
  static func response(to request: RoutedRequest, _ problem: AdminProblem) -> Response {
    request.problem(
      problem.status, problem.detail, error: problem.error, members: problem.members,
      fields: problem.fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }
}

extension AdminProblem {
  /// The body's content coding cannot be undone.
  init(_ error: ContentCodingError) {
    let problem = ClassificationFault.coding(error).problem
    self.init(problem.status, problem.detail, error: problem.error, members: problem.members)
    for field in error.fields.fields { fields[field.name] = field.value }
  }
}
