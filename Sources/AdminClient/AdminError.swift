internal import HTTPClient

/// Why the administration could not be asked, or what it answered instead of what was asked for.
public enum AdminError: Error, Equatable, CustomStringConvertible {
  /// This is no address.
  case address(String)
  /// Nobody answers at the address.
  case unreachable(AdminAddress, reason: String)
  /// Who answers cannot prove to be who was asked for, or there is no TLS there.
  case untrusted(AdminAddress, reason: String)
  /// The file with authorities' certificates cannot be used.
  case authority(path: String)
  /// The file to be sent cannot be read.
  case upload(path: String)
  /// The connection broke, or fell silent, before all was answered.
  case interrupted(AdminAddress, reason: String)
  /// The gateway says why not.
  case refused(AdminProblem)
  /// What answers is no gateway's administration.
  case stranger(AdminAddress, answer: String)
  /// The gateway's answer is not as this program knows it.
  case unreadable(AdminAddress, reason: String)

  /// What a transfer's failure means where an administration was asked.
  ///
  /// - Parameters:
  ///   - authority: the file with authorities' certificates that was to be used.
  ///   - upload: the file that was to be sent.
  init(_ error: TransferError, at address: AdminAddress, authority: String?, upload: String?) {
    self =
      switch error {
      case .unreachable(let reason): .unreachable(address, reason: reason)
      case .untrusted(let reason): .untrusted(address, reason: reason)
      case .authority: .authority(path: authority ?? "")
      case .upload: .upload(path: upload ?? "")
      case .stranger: .stranger(address, answer: "with what is not HTTP")
      case .interrupted(let reason, isAnswered: false) where address.isPlain:
        .interrupted(address, reason: "\(reason), before anything was answered; if TLS is spoken there, it is https://")
      case .interrupted(let reason, _): .interrupted(address, reason: reason)
      }
  }

  /// Whether it may be otherwise in a while, as when a gateway starts anew.
  public var isPassing: Bool {
    switch self {
    case .unreachable, .interrupted: true
    case .refused(let problem): problem.status == 503 || problem.status == 429
    case .address, .untrusted, .authority, .upload, .stranger, .unreadable: false
    }
  }

  /// What is wrong, and what would be right.
  public var description: String {
    switch self {
    case .address(let text):
      "'\(text)' is no address; it must be http://HOST:PORT, https://HOST:PORT or unix:/PATH"
    case .unreachable(let address, let reason):
      """
      nothing answers at \(address): \(reason). Is the gateway running, and administered there (admin.listen, \
      admin.token-file)? --url names another address
      """
    case .untrusted(let address, let reason):
      """
      no trusted connection to \(address): \(reason). --ca names a file with the certificate of the authority that \
      vouches for the gateway's, and --url must have a name that is in that; an address of plain HTTP begins with http://
      """
    case .authority(let path): "--ca '\(path)' is no readable file of certificates (PEM)"
    case .upload(let path): "'\(path)' cannot be read to be sent"
    case .interrupted(let address, let reason): "the connection to \(address) broke: \(reason)"
    case .refused(let problem): Self.text(problem)
    case .stranger(let address, let answer):
      """
      what answers at \(address) is no gateway's administration: it answered \(answer). \(Self.whereToAsk)
      """
    case .unreadable(let address, let reason):
      """
      the gateway at \(address) answered what this program does not understand; is it of another version? \(reason)
      """
    }
  }

  private static let whereToAsk =
    "--url must name what the gateway has in admin.listen, not where it takes pictures"

  private static func text(_ problem: AdminProblem) -> String {
    let advice =
      switch problem.status {
      case 404 where problem.error == "not_found": whereToAsk
      case 401: "give a token that the gateway's token file has (--token-file, --name)"
      case 403: "ask with another token (--token-file, --name)"
      case 429, 503: problem.retryAfter.map { "try again in \($0) s" } ?? "try again later"
      case 507: "make room on the gateway's disk, and try again"
      default: ""
      }
    return problem.detail + (advice.isEmpty ? "" : "; \(advice)") + " (\(problem.status) \(problem.error))"
  }
}
