internal import Foundation
internal import Logging
internal import StateStore

/// Writes down who did what: in the database, where nothing is changed any more, and in the log.
struct AuditLog: Sendable {
  /// How it ended.
  enum Outcome: String, Sendable {
    /// It was done.
    case succeeded
    /// It was not done, because of what was asked.
    case refused
    /// It was not done, because something did not work.
    case failed
  }

  let table: AuditTable
  let log: Logger

  /// Takes note of something. Blocks for the disk.
  func record(
    _ action: String, _ target: String, _ outcome: Outcome, by actor: String, detail: String = "",
    requestID: String? = nil, peer: String? = nil
  ) {
    var metadata: Logger.Metadata = [
      "actor": "\(actor)", "action": "\(action)", "target": "\(target)", "outcome": "\(outcome.rawValue)",
    ]
    if !detail.isEmpty { metadata["detail"] = "\(detail)" }
    if let requestID { metadata["request_id"] = "\(requestID)" }
    if let peer { metadata["peer"] = "\(peer)" }
    log.notice("audit", metadata: metadata)
    do {
      _ = try table.append(
        time: Date(), actor: actor, action: action, target: target, outcome: outcome.rawValue, detail: detail,
        requestID: requestID, peer: peer)
    } catch {
      log.error("the audit could not be written", metadata: ["reason": "\(error)"])
    }
  }
}
