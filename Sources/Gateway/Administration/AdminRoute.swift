internal import Dispatch
internal import HTTPCore
internal import HTTPServer

/// Something that administrators can ask for.
struct AdminRoute: Sendable {
  /// How it is answered.
  enum Work: Sendable {
    /// From the whole request; may take its time.
    case answer(@Sendable (AdminRequest) throws(AdminProblem) -> Response)
    /// Over a time, from the request as it is; may take its time to begin.
    case stream(@Sendable (AdminRequest, Responder) throws(AdminProblem) -> Void)
    /// From the head on.
    case receive(@Sendable (RoutedRequest, Administrator) -> Reception)
  }

  /// What of it is written down.
  struct Audit: Sendable {
    /// What is done, such as `model.activate`.
    var action: String
    /// To what.
    var target: @Sendable (RoutedRequest) -> String
  }

  let method: HTTPMethod
  let pattern: String
  let role: Administrator.Role
  let work: Work
  /// Bytes of a body.
  var limit = 64 << 10
  /// Whether an `Idempotency-Key` is heeded.
  var isIdempotent = false
  /// What is written down; nil for what changes nothing.
  var audit: Audit?

  /// Looks at something.
  static func get(
    _ pattern: String, _ answer: @escaping @Sendable (AdminRequest) throws(AdminProblem) -> Response
  ) -> AdminRoute {
    AdminRoute(method: .get, pattern: pattern, role: .read, work: .answer(answer))
  }

  /// Changes something.
  ///
  /// - Parameters:
  ///   - action: what the audit calls it.
  ///   - target: to what, as the audit says it.
  static func change(
    _ method: HTTPMethod, _ pattern: String, action: String, target: @escaping @Sendable (RoutedRequest) -> String,
    limit: Int = 64 << 10, isIdempotent: Bool = false,
    _ answer: @escaping @Sendable (AdminRequest) throws(AdminProblem) -> Response
  ) -> AdminRoute {
    AdminRoute(
      method: method, pattern: pattern, role: .full, work: .answer(answer), limit: limit, isIdempotent: isIdempotent,
      audit: Audit(action: action, target: target))
  }
}
