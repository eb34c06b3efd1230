import Base
import Retraining
import StateStore

/// Keeps all it is told, and waits for what it is to be told.
final class Recorder: JobObserver {
  private let condition = Condition()
  private let told = LockBox<[(time: ContinuousClock.Instant, status: JobStatus)]>([])

  func observe(_ status: JobStatus) {
    condition.withLock {
      told.withLock { $0.append((.now, status)) }
      condition.wakeAll()
    }
  }

  /// What it was told of a job, and when.
  func statuses(_ id: String) -> [(time: ContinuousClock.Instant, status: JobStatus)] {
    told.withLock { $0.filter { $0.status.job.id == id } }
  }

  /// The first status of a job of which something holds; blocks until there is one.
  @discardableResult
  func wait(
    _ id: String, for holds: (JobStatus) -> Bool = { $0.job.state.isFinal }
  ) throws -> JobStatus {
    let end = ContinuousClock.now + .seconds(60)
    return try condition.withLock {
      while ContinuousClock.now < end {
        if let found = statuses(id).map(\.status).first(where: holds) { return found }
        condition.wait(atMost: end - .now)
      }
      throw TooLate(statuses: statuses(id).map(\.status))
    }
  }

  struct TooLate: Error { let statuses: [JobStatus] }
}
