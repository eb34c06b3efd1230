import Foundation
import GRDB
import TestSupport
import Testing

@testable import StateStore

@Suite struct AuditTableTests {
  let folder: TemporaryFolder
  let database: StateDatabase

  init() throws {
    folder = try TemporaryFolder()
    database = try StateDatabase(folder: folder.state)
  }

  @Test func `entries are numbered and read as they were written, newest first, page by page`() throws {
    let first = try database.audit.append(
      time: moment, actor: "alice", action: "model.activate", target: "flowers/2", outcome: "refused",
      detail: "it does not verify", requestID: "r-1", peer: "127.0.0.1")
    #expect(first.number == 1)
    let others = try (2...5).map {
      try database.audit.append(
        time: moment + Double($0), actor: "gateway", action: "job.finish", target: "\($0)", outcome: "succeeded")
    }
    #expect(try database.audit.list(limit: 2) == [others[3], others[2]])
    #expect(try database.audit.list(before: 3, limit: 10) == [others[0], first])
    #expect(try database.audit.list(before: 1, limit: 10).isEmpty)
  }

  @Test(arguments: [
    "UPDATE audit SET actor = 'mallory'", "DELETE FROM audit", "DELETE FROM audit WHERE number = 1",
    "REPLACE INTO audit VALUES (1, 0, 'mallory', 'a', 't', 'o', '', NULL, NULL)",
    "INSERT OR REPLACE INTO audit SELECT number, 0, 'mallory', action, target, outcome, '', NULL, NULL FROM audit",
    "INSERT INTO audit VALUES (1, 0, 'mallory', 'a', 't', 'o', '', NULL, NULL) ON CONFLICT DO UPDATE SET actor = 'm'",
  ]) func `the database refuses to change what was written`(sql: String) throws {
    let entry = try append()
    let error = #expect(throws: DatabaseError.self) { try database.access.pool.write { try $0.execute(sql: sql) } }
    #expect(error?.message == "the audit is append-only")
    #expect(try database.audit.list(limit: 10) == [entry])
  }

  @Test func `a failed entry leaves no gap`() throws {
    _ = try append()
    struct Abandoned: Error {}
    try? database.access.pool.write { connection in
      try connection.execute(
        sql: "INSERT INTO audit (time, actor, action, target, outcome, detail) VALUES (0, '', '', '', '', '')")
      throw Abandoned()
    }
    #expect(try append().number == 2)
  }

  private func append() throws -> AuditEntry {
    try database.audit.append(time: moment, actor: "alice", action: "a", target: "t", outcome: "succeeded")
  }
}
