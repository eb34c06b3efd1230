import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import StateStore

@Suite struct StateDatabaseTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `folders and files are made for their owner alone`() throws {
    let below = folder.state + "/deep/down"
    let database = try StateDatabase(folder: below)
    try database.jobs.insert(.sample("a"))
    #expect(try mode(below) == 0o700)
    for file in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
      #expect(try mode("\(below)/\(file)") == 0o600, "\(file)")
    }
  }

  @Test func `a database that others could read is closed to them, and a folder stays as it was`() throws {
    try FileManager.default.createDirectory(atPath: folder.state, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.state)
    try Data().write(to: URL(fileURLWithPath: folder.database))
    let database = try StateDatabase(folder: folder.state + "/")
    try database.jobs.insert(.sample("a"))
    #expect(try mode(folder.state) == 0o755)
    #expect(try mode(folder.database) == 0o600)
    #expect(try mode(folder.database + "-wal") == 0o600)
  }

  @Test func `each connection is durable and waits for others`() throws {
    let access = try StateDatabase(folder: folder.state).access
    let settings = try access.pool.writeWithoutTransaction { database in
      try ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"].map {
        try String.fetchOne(database, sql: "PRAGMA \($0)")
      }
    }
    #expect(settings == ["wal", "2", "1", "5000"])
  }

  @Test func `what was written is there when it is opened again`() throws {
    try StateDatabase(folder: folder.state).jobs.insert(.sample("a"))
    for _ in 1...3 { #expect(try StateDatabase(folder: folder.state).jobs.job("a") == .sample("a")) }
  }

  @Test func `a database of a newer version is refused and stays as it is`() throws {
    try change("INSERT INTO grdb_migrations VALUES ('2: from the future')")
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.database))
    #expect(
      throws: StateError.unusable(
        path: folder.database,
        reason: "a newer version of distinguo made it: use that version, or a copy of the state from before")
    ) { try StateDatabase(folder: folder.state) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == before)
  }

  @Test func `what a process left half made when it died is finished`() throws {
    try FileManager.default.createDirectory(atPath: folder.state, withIntermediateDirectories: true)
    let queue = try DatabaseQueue(path: folder.database)
    try queue.write { try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)") }
    try queue.close()
    try StateDatabase(folder: folder.state).jobs.insert(.sample("a"))
  }

  @Test func `another program's database is refused and stays as it is`() throws {
    try FileManager.default.createDirectory(atPath: folder.state, withIntermediateDirectories: true)
    try DatabaseQueue(path: folder.database).write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.database))
    #expect(
      throws: StateError.unusable(
        path: folder.database, reason: "it is another program's database: choose another state directory")
    ) { try StateDatabase(folder: folder.state) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == before)
  }

  @Test(arguments: [7, 100, 5000]) func `a file that is no database is named and stays as it is`(size: Int) throws {
    try FileManager.default.createDirectory(atPath: folder.state, withIntermediateDirectories: true)
    let garbage = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
    try garbage.write(to: URL(fileURLWithPath: folder.database))
    let error = #expect(throws: StateError.self) { try StateDatabase(folder: folder.state) }
    #expect(error?.description.contains("'\(folder.database)' cannot be used: it is not a database") == true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == garbage)
  }

  @Test func `a database that was cut off is said to be damaged`() throws {
    try change("SELECT 1")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.database))
    try bytes.prefix(5000).write(to: URL(fileURLWithPath: folder.database))
    let error = #expect(throws: StateError.self) { try StateDatabase(folder: folder.state).jobs.insert(.sample("a")) }
    #expect(error?.description.contains("it is damaged") == true)
  }

  @Test func `a row that cannot be read is an error, not a job`() throws {
    try StateDatabase(folder: folder.state).jobs.insert(.sample("a"))
    try change("UPDATE jobs SET state = 'asleep'")
    #expect(throws: StateError.self) { try StateDatabase(folder: folder.state).jobs.job("a") }
  }

  @Test func `two that open a new folder at once both get it`() throws {
    let results = LockBox<[Result<Void, any Error>]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { number in
      let result = Result { try StateDatabase(folder: folder.state).jobs.insert(.sample("\(number)")) }
      results.withLock { $0.append(result) }
    }
    for result in results.withLock({ $0 }) { #expect(throws: Never.self) { try result.get() } }
    #expect(try StateDatabase(folder: folder.state).jobs.list(limit: 100).count == 8)
  }

  @Test func `two that write at once wait for each other`() throws {
    let databases = try (0..<2).map { _ in try StateDatabase(folder: folder.state) }
    let faults = LockBox<[any Error]>([])
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      do {
        for number in 0..<25 {
          try databases[thread % 2].audit.append(
            time: moment, actor: "thread \(thread)", action: "test", target: "\(number)", outcome: "succeeded")
        }
      } catch {
        faults.withLock { $0.append(error) }
      }
    }
    #expect(faults.withLock { $0 }.isEmpty)
    #expect(try databases[0].audit.list(limit: 1000).map(\.number) == Array((1...100).reversed()))
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  /// Does something to the database that the tables do not do, and closes it.
  private func change(_ sql: String) throws {
    let pool = try StateDatabase(folder: folder.state).access.pool
    try pool.write { try $0.execute(sql: sql) }
    try pool.close()
  }
}
