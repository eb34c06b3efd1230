internal import HTTPCore

/// A request on its way through a connection, as far as it has come.
///
/// A class, since a connection's state changes several times in a request, and would copy all of this each time.
final class Exchange {
  /// The request's head, once it is known.
  var head: RequestHead?
  /// The method of a request that cannot be read, if that much could be.
  var refusedMethod: HTTPMethod?
  /// When its first byte came.
  let arrival: ContinuousClock.Instant
  /// When its last byte came.
  var completion: ContinuousClock.Instant?
  /// When there was an answer.
  var answer: ContinuousClock.Instant?
  /// Bytes of its body.
  var bytesIn = 0
  /// Bytes of the answer.
  var bytesOut = 0
  /// The answer's status.
  var status: HTTPStatus?
  /// What the answer said for the log.
  var notes: [String: String] = [:]

  /// What an answer is written for; nil if not even the method could be read.
  var answeredHead: RequestHead? { head ?? refusedMethod.map { RequestHead(method: $0, target: .asterisk) } }

  /// Whether the answer's body came to be while it was sent.
  var isStreamed = false

  init(arrival: ContinuousClock.Instant) { self.arrival = arrival }

  /// What an observer is told at the end.
  func report(peer: Peer, isComplete: Bool, at end: ContinuousClock.Instant) -> ServerEvent {
    let completion = completion ?? answer ?? end
    let answer = answer ?? end
    return .finished(
      ServerEvent.Exchange(
        head: head, peer: peer, status: status, notes: notes, bytesIn: bytesIn, bytesOut: bytesOut,
        reading: completion - arrival, waiting: max(answer - completion, .zero), writing: end - answer,
        isComplete: isComplete, isStreamed: isStreamed))
  }
}
