internal import Foundation
internal import HTTPClient

/// Asks a gateway's administration, and waits for the answer.
public struct AdminClient {
  private let address: AdminAddress
  private let token: AdminToken
  private let authority: String?
  private let agent: String

  /// The most bytes of an answer that is read whole.
  private static let limit = 64 << 20
  /// Seconds without a byte after which a gateway is taken for dead: the longest that a version may need to be loaded.
  private static let patience = 300
  /// The same for a stream, in which there is something every 15 s.
  private static let streamPatience = 45

  /// A client of one gateway.
  ///
  /// - Parameters:
  ///   - authority: a file with the certificates that are trusted instead of the system's; nil for those.
  ///   - agent: what the gateway is told to be asked by.
  public init(_ address: AdminAddress, token: AdminToken, authority: String? = nil, agent: String) {
    (self.address, self.token, self.authority, self.agent) = (address, token, authority, agent)
  }

  /// The answer, if it is what was asked for. Blocks until it is there.
  public func answer(_ request: AdminRequest) throws(AdminError) -> AdminAnswer {
    do {
      return try attempt(request)
    } catch .interrupted where request.idempotencyKey != nil {
      // Perhaps it was done, perhaps not: with the same key it is done once.
      Thread.sleep(forTimeInterval: 1)
      return try attempt(request)
    }
  }

  /// The events of a stream, as they come, until `receive` says false. Blocks meanwhile.
  ///
  /// - Throws: ``AdminError/interrupted(_:reason:)`` if it ends before, after which it may be asked for again.
  public func stream(_ request: AdminRequest, _ receive: @escaping (ServerSentEvent) -> Bool) throws(AdminError) {
    var parser = EventStreamParser()
    var (isTooLong, isWanted) = (false, true)
    let (head, rest) = try transfer(request, silence: Self.streamPatience) { bytes in
      guard let events = parser.feed(bytes) else {
        isTooLong = true
        return false
      }
      isWanted = events.allSatisfy(receive)
      return isWanted
    }
    if isTooLong { throw .stranger(address, answer: "with an event of more than \(EventStreamParser.limit) bytes") }
    guard head.status == 200, head.mediaType == "text/event-stream" else { throw refusal(head, rest) }
    if isWanted { throw .interrupted(address, reason: "the gateway ended the stream") }
  }

  private func attempt(_ request: AdminRequest) throws(AdminError) -> AdminAnswer {
    let (head, bytes) = try transfer(request, silence: Self.patience) { _ in false }
    if head.status == 204 { return AdminAnswer(bytes: [], address: address) }
    // libcurl takes a head that is cut off for a whole one.
    if head.status == 200, bytes.isEmpty { throw .interrupted(address, reason: "the answer is cut off") }
    guard (200...299).contains(head.status), head.mediaType == "application/json" else { throw refusal(head, bytes) }
    return AdminAnswer(bytes: bytes, address: address)
  }

  /// - Parameter events: is given what a stream says; the rest is what is returned.
  private func transfer(
    _ request: AdminRequest, silence: Int, _ events: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws(AdminError) -> (Transfer.Head, [UInt8]) {
    let transfer = Transfer(socket: address.socket, authority: authority, agent: agent, silence: silence)
    var collected: [UInt8] = []
    do {
      let head = try transfer.run(request.sent(to: address, token: token)) { head, bytes in
        if head.status == 200, head.mediaType == "text/event-stream" { return events(bytes) }
        collected += bytes
        return collected.count <= Self.limit
      }
      return (head, collected)
    } catch {
      throw AdminError(error, at: address, authority: authority, upload: request.upload)
    }
  }

  private func refusal(_ head: Transfer.Head, _ bytes: [UInt8]) -> AdminError {
    guard head.mediaType == "application/problem+json",
      var problem = try? JSONDecoder().decode(AdminProblem.self, from: Data(bytes))
    else {
      return .stranger(address, answer: "\(head.status)\(head.mediaType.isEmpty ? "" : " with \(head.mediaType)")")
    }
    (problem.status, problem.retryAfter) = (head.status, head.retryAfter)
    return .refused(problem)
  }
}
