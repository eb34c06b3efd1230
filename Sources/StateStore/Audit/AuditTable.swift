public import Foundation
internal import GRDB

/// Who did what, from the first entry on. The database itself refuses to change or delete one. See ``StateDatabase`` on
/// where it may be called.
public struct AuditTable: Sendable {
  let access: StateAccess

  /// Adds an entry; see ``AuditEntry`` for its parts.
  ///
  /// - Returns: it with its number.
  @discardableResult
  public func append(
    time: Date, actor: String, action: String, target: String, outcome: String, detail: String = "",
    requestID: String? = nil, peer: String? = nil
  ) throws(StateError) -> AuditEntry {
    try access.write { database in
      let number = try nextNumber(of: AuditEntry.self, database)
      let entry = AuditEntry(
        number: number, time: time, actor: actor, action: action, target: target, outcome: outcome, detail: detail,
        requestID: requestID, peer: peer)
      try entry.insert(database)
      return entry
    }
  }

  /// Entries, newest first.
  ///
  /// - Parameters:
  ///   - before: only those with a smaller number.
  ///   - limit: at most so many.
  public func list(before: Int? = nil, limit: Int) throws(StateError) -> [AuditEntry] {
    try access.read { try AuditEntry.rows.newestFirst(before: before).limit(limit).values($0) }
  }
}

extension AuditEntry: TableRow {
  static var table: String { "audit" }
}
