import Base
import Foundation
import StateStore
import Testing

@testable import Retraining

struct JobQueueTests {
  @Test func `a job goes through its steps to a version that passed the gate`() throws {
    let workshop = try Workshop(train: "step 1 5; step 2 10; bundle")
    let status = try workshop.finished()
    let job = status.job
    #expect(job.state == .succeeded && job.step == .finished && job.version == 2 && job.reason == nil)
    #expect(job.gate?.isPassed == true && job.gate?.candidate.version == 2 && job.gate?.serving?.version == 1)
    #expect(!job.isActivated && workshop.models.activations.isEmpty)
    #expect(job.started != nil && job.finished != nil)
    let steps = workshop.recorder.statuses(job.id).map(\.status.job.step)
    #expect(
      steps.indices.filter { $0 == 0 || steps[$0] != steps[$0 - 1] }.map { steps[$0] } == [
        .waiting, .preparing, .training, .measuring, .finished,
      ])
    #expect(workshop.storage.job(job.id) == job)
  }

  @Test func `the program is called with the version to start from, the pictures and the settings`() throws {
    let workshop = try Workshop()
    _ = try workshop.finished {
      $0.seed = 7; $0.preset = "quick"; $0.groupBy = "--flips"; $0.flips = false
    }
    let (models, data) = ("\(workshop.folder)/models/signs", "\(workshop.folder)/data/pictures")
    let evaluation = "--held-out-of \(models)/2 --data \(data) --pairs 50 --steps 50 --budget 0.01 --threads 2 --json "
    #expect(
      workshop.calls == [
        "train --warm-start \(models)/1 --data \(data) --output \(models) --number 2 --preset=quick --seed 7 "
          + "--hold-out 0.1 --threads 2 --group-by=--flips --no-flips --progress json",
        "evaluate --model \(models)/2 \(evaluation)--progress json",
        "evaluate --model \(models)/1 \(evaluation)--progress json",
      ])
  }

  @Test func `a version that passes is activated if that was asked for`() throws {
    let workshop = try Workshop()
    let job = try workshop.finished { $0.activate = true }.job
    #expect(job.isActivated && job.state == .succeeded && job.reason == nil)
    #expect(workshop.models.activations == [.init(version: 2, ifCurrent: 1)])
  }

  @Test func `a version that is worse stays a candidate, with the reason`() throws {
    let workshop = try Workshop(evaluate: "[ ${model##*/} = 2 ] && figures 0.5 || figures 0.9")
    let job = try workshop.finished { $0.activate = true }.job
    #expect(job.state == .succeeded && !job.isActivated && workshop.models.activations.isEmpty)
    #expect(job.gate?.isPassed == false)
    #expect(
      job.reason == "version 2 stays a candidate: the accuracy from end to end fell from 90.00 % to 50.00 %, "
        + "more than the 1 point that gate.accuracy allows")
  }

  @Test func `where there is no current version, a Teacher is enough, and there is nothing to be worse than`() throws {
    let workshop = try Workshop()
    workshop.models.current = nil
    try workshop.touch("data/net.onnx")
    let job = try workshop.finished { ($0.start, $0.teacher, $0.activate) = (.teacher, "net.onnx", true) }.job
    #expect(workshop.calls[0].hasPrefix("train --teacher \(workshop.folder)/data/net.onnx --data "))
    #expect(workshop.calls.count == 2 && job.isActivated && job.gate?.serving == nil)
  }

  @Test func `where there is no current version, there is nothing to start from but a Teacher`() throws {
    let workshop = try Workshop()
    workshop.models.current = nil
    let job = try workshop.finished().job
    #expect(job.state == .failed && job.reason == "the model has no current version to start from; name a Teacher")
  }

  @Test func `a version that another was activated before stays a candidate`() throws {
    let workshop = try Workshop()
    workshop.models.refusal = "version 9 is current"
    let job = try workshop.finished { $0.activate = true }.job
    #expect(job.state == .succeeded && !job.isActivated)
    #expect(job.reason == "version 2 passed the gate, and stays a candidate: version 9 is current")
  }

  @Test func `reviewed pictures are trained and measured with`() throws {
    let workshop = try Workshop()
    workshop.models.feedback = .init(genuine: "genuine", adversarial: "adversarial")
    let status = try workshop.finished { ($0.feedback, $0.data.path) = (true, nil) }
    let folder = "\(workshop.folder)/jobs/\(status.job.id)/feedback"
    #expect(workshop.calls[0].contains(" --data \(folder)/genuine --output "))
    #expect(workshop.calls[1].contains(" --data \(folder)/genuine --adversarial \(folder)/adversarial --pairs "))
    workshop.queue.stop()
    #expect(!workshop.exists("jobs/\(status.job.id)/feedback"), "nobody needs them any more")
  }

  @Test func `without a reviewed picture there is nothing to train with`() throws {
    let workshop = try Workshop()
    let job = try workshop.finished { ($0.feedback, $0.data.path) = (true, nil) }.job
    #expect(job.state == .failed && job.reason == "no picture was reviewed as genuine, and there are no others")
    #expect(workshop.calls.isEmpty)
  }

  @Test func `an archive that came with the request is trained with, and goes when the job has ended`() throws {
    let workshop = try Workshop()
    let job = workshop.job { $0.data = .init(upload: "signs.tar") }
    let folder = JobFolder(in: "\(workshop.folder)/jobs", id: job.id)
    try FileManager.default.createDirectory(atPath: folder.uploads, withIntermediateDirectories: true)
    let path = try #require(folder.upload("signs.tar"))
    try FileAccess.replace(path, with: [])
    try workshop.queue.submit(job)
    workshop.queue.resume()
    #expect(try workshop.recorder.wait(job.id).job.state == .succeeded)
    #expect(workshop.calls[0].contains(" --data \(path) "))
    workshop.queue.stop()
    #expect(!FileManager.default.fileExists(atPath: folder.uploads))
    #expect(FileManager.default.fileExists(atPath: folder.log))
  }

  @Test(arguments: ["", ".", "..", "a/b", "../x", String(repeating: "x", count: 256), "a\0b"])
  func `an archive has a file's name`(name: String) {
    #expect(JobFolder(in: "jobs", id: "1").upload(name) == nil)
  }

  @Test func `what cannot be trained with is refused before there is a job`() throws {
    let workshop = try Workshop()
    let requests: [(JobRequest.Pictures, RetrainingError)] = [
      (.init(path: "../x"), .pathNotAllowed(path: "../x", reason: "it has '..' in it; name the place itself")),
      (.init(path: "none"), .unusableData(reason: "there is no 'none' in the allowed folders, or it cannot be read")),
      (.init(), .unusableData(reason: "there are no pictures: name a path, send an archive or ask for the feedback")),
      (
        .init(upload: "x.tar"), .unusableData(reason: "the archive 'x.tar' that came with the request is not there")
      ),
    ]
    for (data, error) in requests {
      #expect(throws: error) { try workshop.submit { $0.data = data } }
    }
    #expect(throws: RetrainingError.unusableData(reason: "there is no Teacher: name its ONNX file")) {
      try workshop.submit { $0.start = .teacher }
    }
    #expect(workshop.storage.list(model: nil, state: nil, before: nil, limit: 9).isEmpty)
  }

  @Test func `jobs run one at a time, in the order they came, and no more wait than may`() throws {
    let workshop = try Workshop(
      train: "[ -e $folder/busy ] && echo two at once >&2; touch $folder/busy; bundle; rm $folder/busy")
    workshop.settings.capacity = 3
    workshop.queue.change(workshop.settings)
    let ids = try (0..<3).map { _ in try workshop.submit() }
    #expect(throws: RetrainingError.tooManyJobs(capacity: 3)) { try workshop.submit() }
    workshop.queue.resume()
    let ends = try ids.map { try workshop.recorder.wait($0).job }
    #expect(ends.map(\.version) == [2, 3, 4])
    for (one, next) in zip(ends, ends.dropFirst()) { #expect(one.finished! <= next.started!) }
    for id in ids { #expect(try workshop.queue.status(id)?.log.contains("two at once") == false) }
    #expect(try workshop.queue.list().map(\.job.id) == ids.reversed())
    #expect(try workshop.queue.list(before: ids[2], limit: 1).map(\.job.id) == [ids[1]])
  }

  @Test func `jobs are kept in the state's database`() throws {
    let workshop = try Workshop()
    let state = try StateDatabase(folder: "\(workshop.folder)/state")
    let queue = JobQueue(
      workshop.settings, jobs: state.jobs, folder: "\(workshop.folder)/jobs", models: workshop.models,
      observer: workshop.recorder)
    let job = workshop.job { $0.activate = true }
    try queue.submit(job)
    #expect(try state.jobs.unfinished().map(\.id) == [job.id])
    queue.resume()
    let end = try workshop.recorder.wait(job.id).job
    queue.stop()
    #expect(try state.jobs.job(job.id)?.gate == end.gate && end.isActivated)
    #expect(try queue.list(model: "signs", state: .succeeded).map(\.job.id) == [job.id])
    #expect(try state.jobs.unfinished().isEmpty)
  }

  @Test func `there is no status of a job that is not there`() throws {
    #expect(try Workshop().queue.status("x") == nil)
  }

  @Test func `nothing is taken any more once the queue has stopped`() throws {
    let workshop = try Workshop()
    workshop.queue.resume()
    workshop.queue.stop()
    #expect(throws: RetrainingError.stopping) { try workshop.submit() }
  }
}
