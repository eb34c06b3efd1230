import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import StateStore

@Suite struct KilledProcessTests {
  @Test(arguments: 1...5) func `what was acknowledged before a kill -9 is there`(round: Int) async throws {
    let folder = try TemporaryFolder()
    let state = folder.state
    await #expect(processExitsWith: .signal(SIGKILL)) { [state = state as String, round = round as Int] in
      let database = try StateDatabase(folder: state)
      let acknowledged = open(state + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
      let writer = Thread {
        do {
          for number in 1... {
            try database.jobs.insert(.sample("\(number)"))
            try database.audit.append(
              time: moment, actor: "child", action: "test", target: "\(number)", outcome: "succeeded")
            write(acknowledged, "x", 1)
          }
        } catch {
          exit(3)
        }
      }
      writer.start()
      // Somewhere in the middle of a write, and each time somewhere else.
      while FileManager.default.contents(atPath: state + "/acknowledged")?.count ?? 0 < 20 * round { usleep(500) }
      usleep(UInt32.random(in: 0...3000))
      kill(getpid(), SIGKILL)
      sleep(60)
    }
    let acknowledged = try #require(FileManager.default.contents(atPath: state + "/acknowledged")).count
    let database = try StateDatabase(folder: state)
    let entries = try database.audit.list(limit: .max)
    #expect(acknowledged >= 20 * round)
    #expect((acknowledged...acknowledged + 1).contains(entries.count))
    #expect(entries.map(\.number) == Array((1...entries.count).reversed()))
    let jobs = try database.jobs.unfinished()
    #expect((entries.count...entries.count + 1).contains(jobs.count))
    #expect(jobs == (1...jobs.count).map { .sample("\($0)") })
    #expect(try verdict(on: database) == ["ok"])
    try database.jobs.insert(.sample("after"))
  }

  @Test func `a process writes while another one does`() async throws {
    let folder = try TemporaryFolder()
    let state = folder.state
    let database = try StateDatabase(folder: state)
    let writer = Thread {
      for number in 0..<40 {
        _ = try? database.audit.append(
          time: moment, actor: "parent", action: "a", target: "\(number)", outcome: "succeeded")
        usleep(1000)
      }
    }
    writer.start()
    await #expect(processExitsWith: .success) { [state = state as String] in
      let database = try StateDatabase(folder: state)
      for number in 0..<40 {
        try database.audit.append(time: moment, actor: "child", action: "a", target: "\(number)", outcome: "succeeded")
      }
    }
    let end = ContinuousClock.now + .seconds(30)
    while !writer.isFinished, .now < end { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try database.audit.list(limit: 1000).map(\.number) == Array((1...80).reversed()))
  }

  /// What SQLite finds wrong with a database, or "ok".
  private func verdict(on database: StateDatabase) throws -> [String] {
    try database.access.pool.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
  }
}
