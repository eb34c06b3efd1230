internal import Base
internal import Foundation
internal import StateStore

/// The job that is at work. The queue's thread changes it, and others look at it or wish it to end.
final class CurrentJob: Sendable {
  private struct State {
    var job: Job
    var progress: JobProgress?
    var log: JobLog
    /// When the observer was told last, and whether there is something it has not been told.
    var told = ContinuousClock.now
    var isNew = false
  }

  private let state: LockBox<State>
  private let storage: any JobStorage
  private let observer: any JobObserver

  /// How far apart the observer hears of progress.
  private static let interval = Duration.milliseconds(500)

  init(_ job: Job, log: JobLog, storage: any JobStorage, observer: any JobObserver) {
    state = LockBox(State(job: job, log: log))
    (self.storage, self.observer) = (storage, observer)
  }

  var job: Job { state.withLock { $0.job } }
  var status: JobStatus { state.withLock { JobStatus(job: $0.job, progress: $0.progress, log: $0.log.tail) } }

  /// Changes the job, on disk when this returns, and tells the observer.
  ///
  /// - Throws: if it cannot be written; then it is as it was.
  func change(_ body: (inout Job) -> Void) throws(StateError) {
    let status = try state.withLock { state throws(StateError) in
      var job = state.job
      body(&job)
      try storage.update(job)
      // Other steps have other progress.
      if job.step != state.job.step { state.progress = nil }
      state.job = job
      (state.told, state.isNew) = (.now, false)
      return JobStatus(job: job, progress: state.progress, log: state.log.tail)
    }
    observer.observe(status)
  }

  /// Notes that somebody wants it to end.
  func cancel() throws(RetrainingError) -> Job {
    let status = try state.withLock { state throws(RetrainingError) in
      var job = state.job
      // What has become the current version cannot be taken back by ending the job.
      guard !job.state.isFinal, job.step != .activating else { throw .alreadyFinished(job.id) }
      guard job.state != .cancelling else { throw .alreadyCancelling(job.id) }
      job.state = .cancelling
      try withState { () throws(StateError) in try storage.update(job) }
      state.job = job
      return JobStatus(job: job, progress: state.progress, log: state.log.tail)
    }
    observer.observe(status)
    return status.job
  }

  /// Adds a line to the log.
  func log(_ line: String) {
    state.withLock {
      $0.log.add(line)
      $0.isNew = true
    }
  }

  /// Notes how far it is.
  func note(_ progress: JobProgress) {
    state.withLock {
      $0.progress = progress
      $0.isNew = true
    }
  }

  /// Tells the observer what it has not been told, if that was not just done.
  func tell() {
    let status = state.withLock { state -> JobStatus? in
      let now = ContinuousClock.now
      guard state.isNew, now - state.told >= Self.interval else { return nil }
      (state.told, state.isNew) = (now, false)
      return JobStatus(job: state.job, progress: state.progress, log: state.log.tail)
    }
    if let status { observer.observe(status) }
  }
}
