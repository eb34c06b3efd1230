internal import Base
public import HTTPCore

/// Answers one request, once, from any thread.
public final class Responder: Sendable {
  private let answer: LockBox<(@Sendable (Response) -> Void)?>

  /// - Parameter answer: called once; with 500 if nobody ever answers.
  public init(_ answer: @escaping @Sendable (Response) -> Void) { self.answer = LockBox(answer) }

  deinit { respond(.init(.internalServerError)) }

  /// Answers. Only the first call counts.
  public func respond(_ response: Response) {
    let answer = answer.withLock { answer in
      defer { answer = nil }
      return answer
    }
    answer?(response)
  }
}
