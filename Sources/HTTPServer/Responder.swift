internal import Base
public import HTTPCore

/// Answers one request, once, from any thread.
public final class Responder: Sendable {
  private let answer: LockBox<(@Sendable (Response, BodyStream?) -> Void)?>

  /// - Parameter answer: called once, with the response and, if its body comes later, the stream of that; with 500 if
  ///   nobody ever answers.
  public init(_ answer: @escaping @Sendable (Response, BodyStream?) -> Void) { self.answer = LockBox(answer) }

  deinit { respond(.init(.internalServerError)) }

  /// Answers. Only the first call counts.
  public func respond(_ response: Response) { _ = respond(response, nil) }

  /// Answers with a body that is sent as it comes to be: in chunks (RFC 9112 §7.1), or until the connection's end to
  /// clients of HTTP/1.0. With HEAD, and with a status that forbids a body, the stream has ended at once.
  ///
  /// A client that goes without a word is only noticed when something is written. One that does not take what was written
  /// within ``ServerTimeouts/write``, or is behind by more than 256 KiB, is cut off. When the server is drained, streams
  /// are ended. A client that has closed its side is still served.
  ///
  /// - Parameters:
  ///   - response: the head; its body is not sent.
  ///   - onClose: called exactly once, when nothing can be written any more, whatever the reason: from any thread, perhaps
  ///     before this returns. It must not block.
  /// - Returns: what the body is written to. It ends with its last reference.
  public func stream(_ response: Response, onClose: @escaping @Sendable () -> Void = {}) -> BodyStream {
    let stream = BodyStream(BodyBuffer(onClose: onClose))
    var response = response
    response.body = []
    if !respond(response, stream) { stream.buffer.close() }
    return stream
  }

  /// One whose answers are changed before this one gives them: their status, fields and notes, and the body if it is whole.
  public func changing(_ change: @escaping @Sendable (Response) -> Response) -> Responder {
    Responder { response, stream in _ = self.respond(change(response), stream) }
  }

  private func respond(_ response: Response, _ stream: BodyStream?) -> Bool {
    let answer = answer.withLock { answer in
      defer { answer = nil }
      return answer
    }
    answer?(response, stream)
    return answer != nil
  }
}
