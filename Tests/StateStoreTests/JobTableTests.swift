import Foundation
import TestSupport
import Testing

@testable import StateStore

@Suite struct JobTableTests {
  let folder: TemporaryFolder
  let jobs: JobTable

  init() throws {
    folder = try TemporaryFolder()
    jobs = try StateDatabase(folder: folder.state).jobs
  }

  @Test func `a job is read as it was written, in every part`() throws {
    var job = Job.sample("a")
    try jobs.insert(job)
    #expect(try jobs.job("a") == job)
    (job.state, job.step, job.attempts, job.version) = (.failed, .finished, 3, 7)
    (job.started, job.finished) = (moment + 0.1, moment + 7777.7)
    (job.gate, job.isActivated, job.reason) = (.sample, true, "no room: 'quoted' \"twice\" ünïcode \n")
    try jobs.update(job)
    #expect(try jobs.job("a") == job)
    #expect(try StateDatabase(folder: folder.state).jobs.job("a") == job)
    (job.gate, job.reason, job.version) = (nil, nil, nil)
    try jobs.update(job)
    #expect(try jobs.job("a") == job)
  }

  @Test func `there is no job with an unknown id, and none to update`() throws {
    #expect(try jobs.job("b") == nil)
    #expect(
      throws: StateError.unusable(path: folder.database, reason: "there is no job 'b' in it")
    ) { try jobs.update(.sample("b")) }
  }

  @Test func `a second job with the same id is refused and changes nothing`() throws {
    try jobs.insert(.sample("a"))
    #expect(throws: StateError.self) { try jobs.insert(.sample("a", model: "signs")) }
    #expect(try jobs.job("a") == .sample("a"))
  }

  @Test func `what is unfinished comes in the order in which it was asked for`() throws {
    for id in ["c", "a", "b", "d"] { try jobs.insert(.sample(id)) }
    var job = Job.sample("a")
    job.state = .succeeded
    try jobs.update(job)
    job = .sample("b")
    job.state = .cancelling
    try jobs.update(job)
    #expect(try jobs.unfinished().map(\.id) == ["c", "b", "d"])
  }

  @Test func `the list has the newest first, by model and state, page by page`() throws {
    for (number, id) in ["e", "a", "d", "b", "c"].enumerated() {
      try jobs.insert(.sample(id, model: number % 2 == 0 ? "flowers" : "signs"))
    }
    #expect(try jobs.list(limit: 3).map(\.id) == ["c", "b", "d"])
    #expect(try jobs.list(before: "d", limit: 3).map(\.id) == ["a", "e"])
    #expect(try jobs.list(model: "flowers", limit: 10).map(\.id) == ["c", "d", "e"])
    #expect(try jobs.list(model: "flowers", before: "d", limit: 10).map(\.id) == ["e"])
    #expect(try jobs.list(state: .running, limit: 10).isEmpty)
    #expect(try jobs.list(model: "signs", state: .queued, limit: 1).map(\.id) == ["b"])
    #expect(try jobs.list(before: "unknown", limit: 10).isEmpty)
    #expect(try jobs.list(model: "' OR 1 = 1 --", limit: 10).isEmpty)
  }
}
