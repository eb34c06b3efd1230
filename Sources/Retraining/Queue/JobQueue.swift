internal import Base
internal import Foundation
public import StateStore

/// Retrainings, one at a time in the order they came.
///
/// What a job is at is in the database before it is begun, so that another process can go on after this one was killed at
/// any moment. Functions that read or write the database block for as long as the disk takes.
public final class JobQueue: Sendable {
  struct State {
    var settings: RetrainingSettings
    var current: CurrentJob?
    var isStopping = false
  }

  let state: LockBox<State>
  let storage: any JobStorage
  let folder: String
  let models: any RetrainedModels
  let observer: any JobObserver
  /// Wakes the thread for a new job, a wish to end one, or the end.
  let wake = Wake()
  private let worker = Worker()

  /// How much longer than the child's grace ``stop()`` waits.
  private static let patience = Duration.seconds(2)

  init(
    _ settings: RetrainingSettings, storage: any JobStorage, folder: String, models: any RetrainedModels,
    observer: any JobObserver
  ) {
    state = LockBox(State(settings: settings))
    (self.storage, self.folder, self.models, self.observer) = (storage, folder, models, observer)
  }

  /// The settings as they are now.
  var settings: RetrainingSettings { state.withLock { $0.settings } }
  var isStopping: Bool { state.withLock { $0.isStopping } }

  /// Begins to work: first on what was left unfinished. Called once; returns at once, and the queue lives until ``stop()``.
  public func resume() {
    // Folders made from now on belong to requests that are just coming in.
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    worker.start { [self] in
      let hall = Cgroup.ofThisProcess()?.divided()
      sweep(folders)
      while let current = next() {
        JobRun(current, in: self, cgroup: hall).run()
        state.withLock { $0.current = nil }
      }
    }
  }

  /// Takes a job, which is on disk when this returns. Its folder holds the archive already, if it came with one.
  ///
  /// - Throws: ``RetrainingError``, also for pictures that are not there or not allowed; then there is no such job.
  public func submit(_ job: Job) throws(RetrainingError) {
    let settings = self.settings
    _ = try JobData(job.request, in: JobFolder(in: folder, id: job.id), roots: settings.dataRoots)
    try state.withLock { state throws(RetrainingError) in
      guard !state.isStopping else { throw .stopping }
      let waiting = try withState { () throws(StateError) in
        try storage.unfinished().count { $0.state == .queued }
      }
      guard waiting < settings.capacity else { throw .tooManyJobs(capacity: settings.capacity) }
      try withState { () throws(StateError) in try storage.insert(job) }
    }
    observer.observe(JobStatus(job: job, progress: nil, log: []))
    wake.signal()
  }

  /// Ends a job, or wishes it to end: one that waits is `cancelled` at once, one that runs is `cancelling`.
  ///
  /// - Returns: the job as it is then.
  public func cancel(_ id: String) throws(RetrainingError) -> Job {
    let job = try state.withLock { state throws(RetrainingError) -> Job in
      if let current = state.current, current.job.id == id { return try current.cancel() }
      guard var job = try withState({ () throws(StateError) in try storage.job(id) }) else { throw .unknownJob(id) }
      switch job.state {
      case .succeeded, .failed, .cancelled: throw .alreadyFinished(id)
      case .cancelling: throw .alreadyCancelling(id)
      // Before this process: the thread has not come to it yet, and will see what must be cleared away.
      case .running: job.state = .cancelling
      case .queued: (job.state, job.step, job.finished) = (.cancelled, .finished, .now)
      }
      try withState { () throws(StateError) in try storage.update(job) }
      return job
    }
    if job.state == .cancelled {
      JobFolder(in: folder, id: id).removePictures()
      observer.observe(JobStatus(job: job, progress: nil, log: []))
    }
    wake.signal()
    return job
  }

  /// A job, with its log's last lines; nil if there is none.
  public func status(_ id: String) throws(RetrainingError) -> JobStatus? {
    if let status = running(id) { return status }
    guard let job = try withState({ () throws(StateError) in try storage.job(id) }) else { return nil }
    return JobStatus(job: job, progress: nil, log: JobLog.tail(of: JobFolder(in: folder, id: id).log))
  }

  /// Jobs, the newest first. Only the one at work has its log with it.
  ///
  /// - Parameter before: the id of a job; only older ones are listed.
  public func list(
    model: String? = nil, state: Job.State? = nil, before: String? = nil, limit: Int = 100
  ) throws(RetrainingError) -> [JobStatus] {
    let jobs = try withState { () throws(StateError) in
      try storage.list(model: model, state: state, before: before, limit: limit)
    }
    return jobs.map { running($0.id) ?? JobStatus(job: $0, progress: nil, log: []) }
  }

  /// The job at work, if it is this one.
  private func running(_ id: String) -> JobStatus? {
    state.withLock { $0.current }.flatMap { $0.job.id == id ? $0.status : nil }
  }

  /// Takes other settings, which count for child processes begun from now on, and for the gate.
  public func change(_ settings: RetrainingSettings) { state.withLock { $0.settings = settings } }

  /// Ends the child process, and leaves its job to be resumed. Blocks for little more than the settings' grace at most.
  public func stop() {
    let grace = state.withLock {
      $0.isStopping = true
      return $0.settings.grace
    }
    wake.signal()
    worker.wait(atMost: grace + Self.patience)
  }
}
