import Base
import StateStore

@testable import Retraining

/// Jobs in memory, in the order they came, on a disk that can be full.
final class MemoryStorage: JobStorage {
  private let state = LockBox((jobs: [Job](), isFull: false, failures: 0))

  /// Whether nothing can be written.
  var isFull: Bool {
    get { state.withLock { $0.isFull } }
    set { state.withLock { $0.isFull = newValue } }
  }

  /// How often something could not be written.
  var failures: Int { state.withLock { $0.failures } }

  func insert(_ job: Job) throws(StateError) { try write { $0.append(job) } }

  func update(_ job: Job) throws(StateError) {
    try write { jobs in jobs = jobs.map { $0.id == job.id ? job : $0 } }
  }

  func job(_ id: String) -> Job? { state.withLock { $0.jobs.first { $0.id == id } } }
  func unfinished() -> [Job] { state.withLock { $0.jobs.filter { !$0.state.isFinal } } }

  func list(model: String?, state wanted: Job.State?, before: String?, limit: Int) -> [Job] {
    let jobs = state.withLock { $0.jobs }
    let older = before.map { id in jobs.prefix { $0.id != id } } ?? jobs[...]
    let found = older.filter { (model ?? $0.request.model) == $0.request.model && (wanted ?? $0.state) == $0.state }
    return Array(found.reversed().prefix(limit))
  }

  private func write(_ body: (inout [Job]) -> Void) throws(StateError) {
    try state.withLock { state throws(StateError) in
      guard !state.isFull else {
        state.failures += 1
        throw .full(path: "state.sqlite")
      }
      body(&state.jobs)
    }
  }
}
