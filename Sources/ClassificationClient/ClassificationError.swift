/// Why a gateway said nothing of pictures.
public enum ClassificationError: Error, Hashable, CustomStringConvertible {
  /// No answer came.
  case unanswered(socket: String, reason: String)
  /// The answer is no verdict.
  case refused(status: Int, answer: String)

  /// What went wrong, in a sentence.
  public var description: String {
    switch self {
    case .unanswered(let socket, let reason): "the gateway at \(socket) did not answer: \(reason)"
    case .refused(let status, let answer): "the gateway answered with \(status): \(answer)"
    }
  }
}
