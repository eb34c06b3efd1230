/// Why a gateway did not do what it was asked for: RFC 9457's problem details.
public struct AdminProblem: Sendable, Equatable, Decodable {
  /// A word for programs, such as `version_in_use`.
  public let error: String
  /// A sentence for people.
  public let detail: String
  /// HTTP's status.
  public internal(set) var status = 0
  /// After how many seconds it may be otherwise; nil if that was not said.
  public internal(set) var retryAfter: Int?

  private enum CodingKeys: CodingKey { case error, detail }
}
