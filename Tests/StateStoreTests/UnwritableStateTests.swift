import Foundation
import GRDB
import TestSupport
import Testing

@testable import StateStore

@Suite struct UnwritableStateTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a folder that cannot be made is named`() throws {
    try Data().write(to: URL(fileURLWithPath: folder.state))
    #expect(throws: StateError.unusable(path: folder.state, reason: "mkdir: Not a directory")) {
      try StateDatabase(folder: folder.state)
    }
    let below = folder.state + "/a/b"
    #expect(throws: StateError.unusable(path: below, reason: "mkdir: Not a directory")) {
      try StateDatabase(folder: below)
    }
  }

  @Test func `a folder in the database's place is named`() throws {
    try FileManager.default.createDirectory(atPath: folder.database, withIntermediateDirectories: true)
    #expect(throws: StateError.unusable(path: folder.database, reason: "not a regular file")) {
      try StateDatabase(folder: folder.state)
    }
  }

  @Test func `a read-only disk is an error that says so`() throws {
    guard let disk = try tinyDisk(1 << 20) else { return }
    let database = try StateDatabase(folder: folder.state)
    try database.jobs.insert(.sample("a"))
    try database.access.pool.close()
    guard disk.makeReadOnly() else { return }
    let error = #expect(throws: StateError.self) { try StateDatabase(folder: folder.state).jobs.insert(.sample("b")) }
    #expect(
      error
        == .unusable(
          path: folder.database,
          reason: "unable to open database file (SQLite's code 14); its folder: Read-only file system"))
  }

  @Test func `a full disk is said to be full, nothing is lost, and writing goes on when there is room`() throws {
    guard let disk = try tinyDisk(1 << 20) else { return }
    let database = try StateDatabase(folder: folder.state)
    try database.jobs.insert(.sample("a"))
    disk.fill()
    var written = 0
    let error = #expect(throws: StateError.self) {
      for number in 0..<1000 {
        try database.jobs.insert(.sample("\(number)"))
        written += 1
      }
    }
    #expect(error == .full(path: folder.database))
    #expect(error?.description == "the state in '\(folder.database)' cannot be written: the disk is full")
    #expect(try database.jobs.list(limit: 1000).count == written + 1)
    disk.empty()
    try database.jobs.insert(.sample("after"))
    #expect(try StateDatabase(folder: folder.state).jobs.job("after") == .sample("after"))
  }

  @Test func `a disk with no room for a new database is said to be full`() throws {
    guard let disk = try tinyDisk(256 << 10) else { return }
    disk.fill()
    let error = #expect(throws: StateError.self) { try StateDatabase(folder: folder.state) }
    // Which of the files it was depends on how much room the first ones found.
    guard case .full = error else {
      Issue.record("\(error as Any)")
      return
    }
    disk.empty()
    try StateDatabase(folder: folder.state).jobs.insert(.sample("a"))
  }

  @Test func `a database that may not grow is full`() throws {
    let database = try StateDatabase(folder: folder.state)
    try database.access.pool.writeWithoutTransaction { connection in
      let pages = try Int.fetchOne(connection, sql: "PRAGMA page_count") ?? 0
      try connection.execute(sql: "PRAGMA max_page_count = \(pages)")
    }
    #expect(throws: StateError.full(path: folder.database)) {
      for number in 0..<1000 { try database.jobs.insert(.sample("\(number)")) }
    }
  }

  /// A disk of so many bytes where the state is to be; nil where nothing may be mounted.
  private func tinyDisk(_ bytes: Int) throws -> TinyDisk? {
    try FileManager.default.createDirectory(atPath: folder.state, withIntermediateDirectories: true)
    return TinyDisk(at: folder.state, bytes: bytes)
  }
}
