internal import Base
internal import Foundation
internal import StateStore

/// A job's way through its steps, on the queue's thread. It begins at whatever step the job has come to, and what it does
/// in each can be done again: after a kill nobody knows how far it was.
final class JobRun {
  /// Why a job goes no further.
  enum End: Error {
    /// With this reason.
    case failed(String)
    /// Somebody wished so.
    case cancelled
    /// The gateway ends; the job stays as it is.
    case stopping
  }

  let current: CurrentJob
  let queue: JobQueue
  /// The control group for child processes, if there is one.
  let cgroup: Cgroup?
  let folder: JobFolder

  /// How long another process may hold on to the version's folder: one that was killed is gone in a moment.
  private static let lockPatience = Duration.seconds(30)

  init(_ current: CurrentJob, in queue: JobQueue, cgroup: Cgroup?) {
    (self.current, self.queue, self.cgroup) = (current, queue, cgroup)
    folder = JobFolder(in: queue.folder, id: current.job.id)
  }

  var job: Job { current.job }
  var settings: RetrainingSettings { queue.settings }

  /// Goes through all steps that are left.
  func run() {
    // For the log; what else cannot be written there is told where it is needed.
    try? FileAccess.makeFolder(folder.path)
    do throws(End) {
      do throws(End) {
        while job.step != .finished { try takeStep() }
      } catch {
        try conclude(error)
      }
      folder.removePictures()
    } catch {
      // The gateway ends. What could not be noted is found anew.
      return
    }
  }

  private func takeStep() throws(End) {
    try check()
    switch job.step {
    case .waiting: try change { ($0.state, $0.step, $0.started) = (.running, .preparing, .now) }
    case .preparing: try prepare()
    case .training: try train()
    case .measuring: try measure()
    case .activating: try activate()
    case .finished: return
    }
  }

  /// Ends the job as it must end.
  private func conclude(_ end: End) throws(End) {
    let (state, reason): (Job.State, String?) =
      switch end {
      case .failed(let reason): (.failed, reason)
      case .cancelled: (.cancelled, nil)
      case .stopping: throw end
      }
    // Before it is noted: afterwards nobody would come back to it.
    removeUnfinishedWork()
    let candidate = job.version.flatMap { isComplete($0) ? "version \($0) was made and stays a candidate" : nil }
    let reasons = [reason, candidate].compactMap(\.self).joined(separator: "; ")
    if let reason { current.log("failed: \(reason)") }
    try change {
      ($0.state, $0.step, $0.finished) = (state, .finished, .now)
      // Without a version the number is free for another job.
      if candidate == nil { $0.version = nil }
      $0.reason = reasons.isEmpty ? nil : reasons
    }
  }

  /// - Throws: if the job should go no further.
  func check() throws(End) {
    if queue.isStopping { throw .stopping }
    if job.state == .cancelling { throw .cancelled }
  }

  /// Changes the job, on disk when this returns. Where that fails, it is tried until it succeeds or the gateway ends.
  func change(_ body: (inout Job) -> Void) throws(End) {
    var pause = JobQueue.pauses.first
    while true {
      do throws(StateError) {
        return try current.change(body)
      } catch {
        current.log("\(error); it is tried again")
      }
      current.tell()
      queue.wake.wait(atMost: pause)
      if queue.isStopping { throw .stopping }
      pause = min(pause * 2, JobQueue.pauses.last)
    }
  }

  // MARK: The version's folders

  func place(of version: Int) -> String { queue.models.place(of: version, of: job.request.model) }
  func isComplete(_ version: Int) -> Bool { queue.models.isComplete(version, of: job.request.model) }

  /// Where `distinguo train` keeps what is unfinished of the job's version.
  private var workFolder: String? {
    job.version.map { queue.models.workFolder(of: $0, of: job.request.model) }
  }

  /// Drops what a training has left, of a version that is not to be or that stands at its place.
  func removeUnfinishedWork() {
    guard let workFolder, FileManager.default.fileExists(atPath: workFolder) else { return }
    // A child of a gateway that was killed was killed with it, but that may be a moment ago.
    let end = ContinuousClock.now + settings.grace
    while isWorkedOn(workFolder), ContinuousClock.now < end { queue.wake.wait(atMost: .milliseconds(20)) }
    do { try FileManager.default.removeItem(atPath: workFolder) } catch {
      current.log("\(workFolder) cannot be removed: \(error.localizedDescription)")
    }
  }

  /// Waits until no other process works on the version.
  func waitForWorkFolder() throws(End) {
    guard let workFolder else { return }
    let end = ContinuousClock.now + Self.lockPatience
    var isTold = false
    while isWorkedOn(workFolder) {
      try check()
      if !isTold { current.log("another process still works in \(workFolder)") }
      isTold = true
      current.tell()
      guard ContinuousClock.now < end else { throw .failed("another process works in \(workFolder); end it first") }
      queue.wake.wait(atMost: .milliseconds(20))
    }
  }

  private func isWorkedOn(_ folder: String) -> Bool {
    do throws(FileError) {
      return try FolderLock.take(folder) == nil
    } catch {
      // There is no such folder, or none that can be locked; the training will say what is wrong with it.
      return false
    }
  }
}
