internal import Base
internal import HTTPCore
internal import HTTPServer

/// Says who asks, and whether they may.
final class AdminGate: Sendable {
  private let tokens: LockBox<TokenFile>
  private let failures: LockBox<Int>
  private let limiter: AttemptLimiter

  /// - Parameter failures: wrong tokens of one address in a minute, after which it is not listened to.
  init(_ tokens: TokenFile, failures: Int, limiter: AttemptLimiter = .init()) {
    (self.tokens, self.failures, self.limiter) = (LockBox(tokens), LockBox(failures), limiter)
  }

  /// Other tokens, and another limit, from now on.
  func replace(with tokens: TokenFile, failures: Int) {
    self.tokens.withLock { $0 = tokens }
    self.failures.withLock { $0 = failures }
  }

  /// Who sent a request, by its token (RFC 6750 §2.1).
  ///
  /// - Throws: 401 without a token or with a wrong one, 403 where the role does not suffice, 429 after too many wrong ones.
  func administrator(for request: RoutedRequest, role: Administrator.Role) throws(AdminProblem) -> Administrator {
    let address = request.peer.address
    if let wait = limiter.wait(address, limit: failures.withLock { $0 }) {
      let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
      throw AdminProblem(
        .tooManyRequests, "too many wrong tokens came from \(address); try again in \(seconds) s",
        error: "too_many_attempts", fields: ["Retry-After": "\(seconds)"])
    }
    let given = request.head.fields.values("Authorization")
    guard given.count == 1, let token = Self.token(given[0]) else {
      throw Self.unauthorized("a token is needed: Authorization: Bearer TOKEN", challenge: "")
    }
    guard let administrator = tokens.withLock({ $0 }).administrator(with: token) else {
      limiter.countFailure(address)
      throw Self.unauthorized("the token is not known", challenge: ", error=\"invalid_token\"")
    }
    guard administrator.role == .full || role == .read else {
      throw AdminProblem(
        .forbidden, "'\(administrator.name)' may only look; this needs the role full", error: "forbidden",
        fields: ["WWW-Authenticate": "Bearer realm=\"distinguo\", error=\"insufficient_scope\""])
    }
    return administrator
  }

  private static func unauthorized(_ detail: String, challenge: String) -> AdminProblem {
    AdminProblem(
      .unauthorized, detail, error: "unauthorized",
      fields: ["WWW-Authenticate": "Bearer realm=\"distinguo\"\(challenge)"])
  }

  /// The scheme's name is without regard to case (RFC 9110 §11.1).
  private static func token(_ value: String) -> String? {
    let words = value.split(separator: " ", omittingEmptySubsequences: true)
    guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
    return String(words[1])
  }
}
