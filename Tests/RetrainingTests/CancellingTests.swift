import Foundation
import StateStore
import Testing

@testable import Retraining

struct CancellingTests {
  /// A training that is at work once there is a file `begun` with its process.
  static let endless = "mkdir -p $work; echo $$ > $folder/new; mv $folder/new $folder/begun; step 1 1; exec sleep 600"

  @Test func `a job that waits is cancelled at once`() throws {
    let workshop = try Workshop()
    let id = try workshop.submit()
    let job = try workshop.queue.cancel(id)
    #expect(job.state == .cancelled && job.step == .finished && job.finished != nil && job.started == nil)
    #expect(throws: RetrainingError.alreadyFinished(id)) { try workshop.queue.cancel(id) }
    let next = try workshop.submit()
    workshop.queue.resume()
    #expect(try workshop.recorder.wait(next).job.state == .succeeded)
    #expect(workshop.storage.job(id)?.state == .cancelled && workshop.calls.count == 3)
  }

  @Test func `a job that runs is ended, and what it has begun is removed`() throws {
    let workshop = try Workshop(train: Self.endless)
    let id = try workshop.submit()
    workshop.queue.resume()
    try workshop.recorder.wait(id) { $0.progress != nil }
    let process = try begun(workshop)
    #expect(try workshop.queue.cancel(id).state == .cancelling)
    let job = try workshop.recorder.wait(id).job
    #expect(job.state == .cancelled && job.reason == nil && job.finished != nil && job.version == nil)
    #expect(isGone(process) && !workshop.exists("models/signs/.2.training"))
    #expect(throws: RetrainingError.alreadyFinished(id)) { try workshop.queue.cancel(id) }
  }

  @Test func `a job that does not end when it is asked to is killed, and cancelling twice is told`() throws {
    let workshop = try Workshop(train: "trap 'echo no >&2' TERM; step 1 1; while true; do read -t 0.05 <> <(:); done")
    let id = try workshop.submit()
    workshop.queue.resume()
    try workshop.recorder.wait(id) { $0.progress != nil }
    #expect(try workshop.queue.cancel(id).state == .cancelling)
    #expect(throws: RetrainingError.alreadyCancelling(id)) { try workshop.queue.cancel(id) }
    #expect(try workshop.recorder.wait(id).job.state == .cancelled)
    #expect(try workshop.queue.status(id)?.log.contains("no") == true)
  }

  @Test func `a job that is cancelled while its version is measured leaves a candidate`() throws {
    let workshop = try Workshop(evaluate: #"echo '{"event":"step","done":1,"total":4}' >&2; exec sleep 600"#)
    let id = try workshop.submit()
    workshop.queue.resume()
    let fraction = try workshop.recorder.wait(id) { $0.progress != nil }.progress!.fraction
    #expect(abs(fraction - 0.9125) < 1e-9)
    _ = try workshop.queue.cancel(id)
    let job = try workshop.recorder.wait(id).job
    #expect(job.state == .cancelled && job.version == 2)
    #expect(job.reason == "version 2 was made and stays a candidate")
  }

  @Test func `a job that is not there cannot be cancelled`() throws {
    #expect(throws: RetrainingError.unknownJob("x")) { try Workshop().queue.cancel("x") }
  }

  @Test func `a wish to cancel that cannot be noted is told, and the job goes on`() throws {
    let workshop = try Workshop(train: Self.endless)
    let id = try workshop.submit()
    workshop.queue.resume()
    try workshop.recorder.wait(id) { $0.progress != nil }
    workshop.storage.isFull = true
    #expect(throws: RetrainingError.state(.full(path: "state.sqlite"))) { try workshop.queue.cancel(id) }
    #expect(try workshop.queue.status(id)?.job.state == .running)
    workshop.storage.isFull = false
    _ = try workshop.queue.cancel(id)
    #expect(try workshop.recorder.wait(id).job.state == .cancelled)
  }

  private func begun(_ workshop: Workshop) throws -> pid_t {
    let text = try String(contentsOfFile: "\(workshop.folder)/begun", encoding: .utf8)
    return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }
}
