import Base
import Foundation
import TestSupport
import Testing

@testable import StateStore

@Suite struct IdempotencyTableTests {
  let folder: TemporaryFolder
  let idempotency: IdempotencyTable

  init() throws {
    folder = try TemporaryFolder()
    idempotency = try StateDatabase(folder: folder.state).idempotency
  }

  @Test func `a request is new once, then it is in progress, then it has its answer`() throws {
    #expect(try claim() == .new)
    #expect(try claim() == .inProgress)
    try idempotency.answer(actor: "alice", key: "k", status: 202, location: "/jobs/1", body: [0, 255, 10])
    #expect(try claim() == .answered(status: 202, location: "/jobs/1", body: [0, 255, 10]))
    try idempotency.giveUp(actor: "alice", key: "k")
    #expect(try claim() == .answered(status: 202, location: "/jobs/1", body: [0, 255, 10]))
  }

  @Test func `an answer may be without a location and a body`() throws {
    _ = try claim()
    try idempotency.answer(actor: "alice", key: "k", status: 409, location: nil, body: [])
    #expect(try claim() == .answered(status: 409, location: nil, body: []))
  }

  @Test func `a key with another request is told apart, and another actor's key is another one`() throws {
    _ = try claim()
    #expect(try claim(fingerprint: "other") == .otherRequest)
    #expect(try claim(actor: "bob", fingerprint: "other") == .new)
    #expect(try claim(key: "K") == .new)
  }

  @Test func `what was given up may be tried again`() throws {
    _ = try claim()
    try idempotency.giveUp(actor: "alice", key: "k")
    #expect(try claim(fingerprint: "other") == .new)
  }

  @Test func `what was in progress when a process died is forgotten, answers stay`() throws {
    _ = try claim()
    _ = try claim(key: "done")
    try idempotency.answer(actor: "alice", key: "done", status: 200, location: nil, body: [1])
    let reopened = try StateDatabase(folder: folder.state).idempotency
    try reopened.forgetUnanswered()
    #expect(try claim() == .new)
    #expect(try claim(key: "done") == .answered(status: 200, location: nil, body: [1]))
  }

  @Test func `all is forgotten after 24 hours`() throws {
    _ = try claim()
    try idempotency.answer(actor: "alice", key: "k", status: 200, location: nil, body: [])
    #expect(try claim(time: moment + 86_400) == .answered(status: 200, location: nil, body: []))
    #expect(try claim(time: moment + 86_401) == .new)
  }

  @Test func `of many at once, one is new`() throws {
    let other = try StateDatabase(folder: folder.state).idempotency
    let claims = LockBox<[IdempotencyTable.Claim]>([])
    DispatchQueue.concurrentPerform(iterations: 16) { number in
      let claim = try? (number % 2 == 0 ? idempotency : other)
        .claim(actor: "alice", key: "k", fingerprint: "f", time: moment)
      claims.withLock { $0.append(claim ?? .otherRequest) }
    }
    #expect(claims.withLock { $0.filter { $0 == .new }.count } == 1)
    #expect(claims.withLock { $0.filter { $0 == .inProgress }.count } == 15)
  }

  private func claim(
    actor: String = "alice", key: String = "k", fingerprint: String = "f", time: Date = moment
  ) throws -> IdempotencyTable.Claim {
    try idempotency.claim(actor: actor, key: key, fingerprint: fingerprint, time: time)
  }
}
