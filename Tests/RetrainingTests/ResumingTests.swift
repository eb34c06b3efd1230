import Base
import Foundation
import StateStore
import Testing

@testable import Retraining

/// What a queue makes of jobs that another process has left.
struct ResumingTests {
  @Test func `a job whose queue stops is left, and goes on with the same command in another`() throws {
    let workshop = try Workshop(train: "mkdir -p $work; step 1 1; exec sleep 600")
    let id = try workshop.submit()
    workshop.queue.resume()
    try workshop.recorder.wait(id) { $0.progress != nil }
    workshop.queue.stop()
    let left = try #require(workshop.storage.job(id))
    #expect(left.state == .running && left.step == .training && left.attempts == 1 && left.finished == nil)
    #expect(workshop.exists("models/signs/.2.training"))

    // Whatever has changed since: with another command the training would not go on from its checkpoint.
    workshop.settings.threads = 7
    workshop.models.current = 1
    try workshop.models.make(5)
    workshop.models.current = 5
    try workshop.write()
    workshop.restart()
    workshop.queue.resume()
    let job = try workshop.recorder.wait(id).job
    #expect(job.state == .succeeded && job.version == 2)
    #expect(workshop.calls[0] == workshop.calls[1] && workshop.calls[0].contains("/signs/1 "))
    #expect(job.gate?.serving?.version == 5, "the one that is current by then")
  }

  @Test func `a version that stands at its place is not trained again`() throws {
    let workshop = try Workshop(train: "exit 1")
    let job = try left(workshop, .training)
    try workshop.models.make(2)
    try FileAccess.makeFolder("\(workshop.folder)/models/signs/.2.training")
    workshop.queue.resume()
    #expect(try workshop.recorder.wait(job.id).job.state == .succeeded)
    #expect(workshop.calls.allSatisfy { $0.hasPrefix("evaluate ") } && workshop.calls.count == 2)
    #expect(!workshop.exists("models/signs/.2.training"))
  }

  @Test func `what was measured is not measured again`() throws {
    let workshop = try Workshop(evaluate: "[ ${model##*/} = 2 ] && figures 0.9 || { step 1 1; exec sleep 600; }")
    let id = try workshop.submit()
    workshop.queue.resume()
    try workshop.recorder.wait(id) { $0.job.step == .measuring && $0.job.attempts == 2 }
    workshop.queue.stop()
    try workshop.write()
    workshop.restart()
    workshop.queue.resume()
    #expect(try workshop.recorder.wait(id).job.gate?.isPassed == true)
    #expect(workshop.calls.count { $0.contains("--model \(workshop.folder)/models/signs/2 ") } == 1)
  }

  @Test func `a version that was activated just before a kill is not activated again`() throws {
    let workshop = try Workshop()
    let job = try left(workshop, .activating)
    try workshop.models.make(2)
    workshop.models.current = 2
    workshop.queue.resume()
    #expect(try workshop.recorder.wait(job.id).job.isActivated)
    #expect(workshop.models.activations.isEmpty && workshop.calls.isEmpty)
  }

  @Test func `a job that was being cancelled is cancelled`() throws {
    let workshop = try Workshop()
    let job = try left(workshop, .training) { $0.state = .cancelling }
    try FileAccess.makeFolder("\(workshop.folder)/models/signs/.2.training")
    #expect(throws: RetrainingError.alreadyCancelling(job.id)) { try workshop.queue.cancel(job.id) }
    workshop.queue.resume()
    #expect(try workshop.recorder.wait(job.id).job.state == .cancelled)
    #expect(workshop.calls.isEmpty && !workshop.exists("models/signs/.2.training"))
  }

  @Test func `a job that was at work can be cancelled before it goes on`() throws {
    let workshop = try Workshop()
    let job = try left(workshop, .training)
    #expect(try workshop.queue.cancel(job.id).state == .cancelling)
    workshop.queue.resume()
    #expect(try workshop.recorder.wait(job.id).job.state == .cancelled)
  }

  @Test func `the one that was at work goes on before those that wait`() throws {
    let workshop = try Workshop()
    let waiting = try workshop.submit()
    let job = try left(workshop, .training)
    workshop.queue.resume()
    let ends = try [job.id, waiting].map { try workshop.recorder.wait($0).job.finished! }
    #expect(ends[0] <= ends[1])
  }

  @Test func `feedback that was collected in part is collected anew`() throws {
    let workshop = try Workshop()
    workshop.models.feedback.genuine = "genuine"
    let job = try left(workshop, .preparing) {
      $0.version = nil
    } request: {
      ($0.feedback, $0.data.path) = (true, nil)
    }
    let part = "\(workshop.folder)/jobs/\(job.id)/feedback/genuine/old.png"
    try FileAccess.makeFolder(part)
    workshop.queue.resume()
    #expect(try workshop.recorder.wait(job.id).job.state == .succeeded)
  }

  @Test func `a folder that another process still works in is waited for`() throws {
    let workshop = try Workshop()
    let job = try left(workshop, .training)
    let folder = "\(workshop.folder)/models/signs/.2.training"
    try FileAccess.makeFolder(folder)
    var lock = try FolderLock.take(folder)
    #expect(lock != nil)
    workshop.queue.resume()
    try workshop.recorder.wait(job.id) { $0.log.contains { $0.contains("another process still works in") } }
    #expect(workshop.calls.isEmpty)
    lock = nil
    #expect(try workshop.recorder.wait(job.id).job.state == .succeeded)
  }

  @Test func `a full disk holds a job up, and does not lose it`() throws {
    let workshop = try Workshop(train: "step 1 1; until [ -e $folder/go ]; do sleep 0.02; done; bundle")
    let id = try workshop.submit()
    workshop.queue.resume()
    try workshop.recorder.wait(id) { $0.progress != nil }
    workshop.storage.isFull = true
    try workshop.touch("go")
    try workshop.recorder.wait(id) { $0.log.contains { $0.contains("the disk is full; it is tried again") } }
    #expect(throws: RetrainingError.state(.full(path: "state.sqlite"))) { try workshop.submit() }
    #expect(workshop.storage.failures < 10, "without haste")
    workshop.storage.isFull = false
    #expect(try workshop.recorder.wait(id).job.state == .succeeded)
  }

  @Test func `a queue stops although its disk is full`() throws {
    let workshop = try Workshop()
    let id = try workshop.submit()
    workshop.storage.isFull = true
    workshop.queue.resume()
    try workshop.recorder.wait(id) { $0.log.contains { $0.contains("the disk is full") } }
    workshop.restart()
    workshop.storage.isFull = false
    workshop.queue.resume()
    #expect(try workshop.recorder.wait(id).job.state == .succeeded)
  }

  @Test func `pictures of jobs that have ended, and of requests that were never answered, are cleared away`() throws {
    let workshop = try Workshop()
    var ended = workshop.job()
    (ended.state, ended.step) = (.failed, .finished)
    try workshop.storage.insert(ended)
    let waiting = try workshop.submit()
    let unknown = UUID().uuidString
    for name in [ended.id, waiting, unknown, "other"] {
      try FileAccess.makeFolder("\(workshop.folder)/jobs/\(name)/upload")
    }
    try FileAccess.replace("\(workshop.folder)/jobs/\(ended.id)/log", with: Array("end\n".utf8))
    workshop.queue.resume()
    try workshop.recorder.wait(waiting)
    #expect(workshop.exists("jobs/\(ended.id)/log") && !workshop.exists("jobs/\(ended.id)/upload"))
    #expect(!workshop.exists("jobs/\(unknown)") && workshop.exists("jobs/other/upload"))
    #expect(try workshop.queue.status(ended.id)?.log == ["end"])
  }

  /// A job as a process that was killed has left it.
  private func left(
    _ workshop: Workshop, _ step: Job.Step, _ body: (inout Job) -> Void = { _ in },
    request: (inout JobRequest) -> Void = { _ in }
  ) throws -> Job {
    var job = workshop.job(request)
    (job.state, job.step, job.started, job.attempts) = (.running, step, .now, 1)
    job.version = workshop.models.reserveVersion(of: "signs", job: job.id)
    body(&job)
    try workshop.storage.insert(job)
    let folder = JobFolder(in: "\(workshop.folder)/jobs", id: job.id)
    try FileAccess.makeFolder(folder.path)
    if step != .preparing {
      let models = "\(workshop.folder)/models/signs"
      try JobPlan(
        training: ["train", "--output", models, "--number", "2"], data: ["\(workshop.folder)/data/pictures"],
        adversarial: nil
      ).keep(in: folder)
    }
    return job
  }
}
