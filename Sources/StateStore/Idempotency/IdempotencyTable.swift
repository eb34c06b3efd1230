public import Foundation
internal import GRDB

/// Requests that are not to be carried out twice, by who sent them and the key that they came with, for 24 hours. See
/// ``StateDatabase`` on where it may be called.
public struct IdempotencyTable: Sendable {
  /// What is known of a request.
  public enum Claim: Sendable, Hashable {
    /// Nothing: it is the caller's now, who must answer it or give it up.
    case new
    /// It is being carried out.
    case inProgress
    /// The key came with another request.
    case otherRequest
    /// It was carried out, and this was the answer.
    case answered(status: Int, location: String?, body: [UInt8])
  }

  let access: StateAccess

  /// Asks whether a request is new, and makes it the caller's if it is; of two callers at once only one gets ``Claim/new``.
  ///
  /// - Parameters:
  ///   - actor: who sent it.
  ///   - key: what it came with.
  ///   - fingerprint: the same for the same request, such as a digest.
  ///   - time: now. What was claimed more than 24 hours before is forgotten.
  public func claim(actor: String, key: String, fingerprint: String, time: Date) throws(StateError) -> Claim {
    let now = time.timeIntervalSinceReferenceDate
    return try access.write { database in
      try database.execute(sql: "DELETE FROM idempotency WHERE time < ?", arguments: [now - 24 * 60 * 60])
      let row = try Row.fetchOne(
        database, sql: "SELECT fingerprint, status, location, body FROM idempotency WHERE actor = ? AND key = ?",
        arguments: [actor, key])
      guard let row else {
        try database.execute(
          sql: "INSERT INTO idempotency (actor, key, fingerprint, time) VALUES (?, ?, ?, ?)",
          arguments: [actor, key, fingerprint, now])
        return .new
      }
      guard row["fingerprint"] == fingerprint else { return .otherRequest }
      guard let status: Int = row["status"] else { return .inProgress }
      let body: Data = row["body"] ?? Data()
      return .answered(status: status, location: row["location"], body: [UInt8](body))
    }
  }

  /// Writes down the answer to a claimed request. Nothing happens if it was forgotten meanwhile.
  public func answer(
    actor: String, key: String, status: Int, location: String?, body: [UInt8]
  ) throws(StateError) {
    try access.write { database in
      try database.execute(
        sql: "UPDATE idempotency SET status = ?, location = ?, body = ? WHERE actor = ? AND key = ?",
        arguments: [status, location, Data(body), actor, key])
    }
  }

  /// Forgets a claimed request that failed in a way in which it may be tried again.
  public func giveUp(actor: String, key: String) throws(StateError) {
    try access.write { database in
      try database.execute(
        sql: "DELETE FROM idempotency WHERE actor = ? AND key = ? AND status IS NULL", arguments: [actor, key])
    }
  }

  /// Forgets all that were claimed and not answered. Called at start, when the process that claimed them is dead.
  public func forgetUnanswered() throws(StateError) {
    try access.write { try $0.execute(sql: "DELETE FROM idempotency WHERE status IS NULL") }
  }
}
