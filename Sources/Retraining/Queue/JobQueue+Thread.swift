internal import Base
internal import Foundation
internal import StateStore

/// What the queue's thread does beside the jobs themselves.
extension JobQueue {
  /// How long to wait until the database is asked again after an error, at first and at most.
  static let pauses = (first: Duration.milliseconds(500), last: Duration.seconds(10))

  /// The next job to work on, waited for; nil at the end.
  func next() -> CurrentJob? {
    var pause = Self.pauses.first
    while true {
      do throws(StateError) {
        let found = try state.withLock { state throws(StateError) -> CurrentJob? in
          guard !state.isStopping else { return nil }
          let jobs = try storage.unfinished()
          // What was begun before goes on first, and what is to be cleared away.
          guard let job = jobs.first(where: { $0.state != .queued }) ?? jobs.first else { return nil }
          state.current = CurrentJob(
            job, log: JobLog(JobFolder(in: folder, id: job.id).log), storage: storage, observer: observer)
          return state.current
        }
        if found != nil || isStopping { return found }
        wake.wait()
      } catch {
        // The database is not there or the disk is full: the jobs in it are not lost, and wait.
        wake.wait(atMost: pause)
        pause = min(pause * 2, Self.pauses.last)
      }
    }
  }

  /// Clears away what a kill has left in jobs' folders.
  ///
  /// - Parameter names: the folders there were before anybody could send a new request.
  func sweep(_ names: [String]) {
    for name in names {
      do throws(StateError) {
        let job = try storage.job(name)
        let folder = JobFolder(in: folder, id: name)
        if job?.state.isFinal == true { folder.removePictures() }
        // An archive whose request was never answered. Other things are not ours.
        if job == nil, UUID(uuidString: name) != nil { try? FileManager.default.removeItem(atPath: folder.path) }
      } catch {
        // It is looked at again at the next start.
        continue
      }
    }
  }
}
