/// Why a request had no whole answer. Reasons are libcurl's words, or the operating system's.
public enum TransferError: Error, Hashable {
  /// Nobody answers there.
  case unreachable(reason: String)
  /// Who answers cannot prove to be who was asked for, or there is no TLS there.
  case untrusted(reason: String)
  /// The file with authorities' certificates cannot be used.
  case authority
  /// A file to be sent cannot be read.
  case upload
  /// What is answered is not HTTP.
  case stranger
  /// The connection broke or fell silent; whether anything had been answered.
  case interrupted(reason: String, isAnswered: Bool)

  /// What happened, in words that end a sentence.
  public var reason: String {
    switch self {
    case .unreachable(let reason), .untrusted(let reason), .interrupted(let reason, _): reason
    case .authority: "the file with the authority's certificates cannot be used"
    case .upload: "a file to be sent cannot be read"
    case .stranger: "what was answered is not HTTP"
    }
  }
}
