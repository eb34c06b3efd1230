internal import Base
internal import Glibc

/// A thread of our own with a queue of jobs, which run one after the other in the order they came.
///
/// Long computations belong here and not on Dispatch's or Swift's pools, which they would starve. OpenMP, too, keeps a
/// team for every thread that ever asks for one. When the last reference goes, the jobs that wait are still done.
public final class ComputeThread: Sendable {
  private let queue = JobQueue()

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - teamSize: how many threads OpenMP uses for primitives that are made and run here.
  ///   - nice: how much it stands back behind the process's other threads (nice(7)), 0 to 19.
  public init(teamSize: Int = 1, nice: Int32 = 0) {
    precondition(teamSize > 0, "at least one thread")
    let body = Body { [queue] in
      Team.set(teamSize)
      // Linux keeps the priority for each thread; 0 is the one that calls. Where it is refused, the work is done as well.
      if nice > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, nice) }
      while let job = queue.next() { job() }
    }
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(body).toOpaque())
    // Only the limit on threads can be in the way, and a process that has met it cannot work.
    precondition(status == 0, "pthread_create failed with \(status)")
    pthread_detach(thread)
  }

  deinit { queue.close() }

  /// Adds a job.
  ///
  /// - Returns: a handle to wait for its result.
  public func submit<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) -> ComputeJob<Value> {
    let job = ComputeJob<Value>()
    queue.add { job.finish(Result { try body() }) }
    return job
  }
}

/// The result of a job on a ``ComputeThread``, once it is there.
///
/// Sendable unchecked: all state is behind the condition's mutex.
public final class ComputeJob<Value: Sendable>: @unchecked Sendable {
  private let condition = Condition()
  private var result: Result<Value, any Error>?
  private var waiting: [CheckedContinuation<Value, any Error>] = []

  fileprivate init() {}

  fileprivate func finish(_ result: Result<Value, any Error>) {
    let waiting = condition.withLock {
      self.result = result
      condition.wakeAll()
      return self.waiting
    }
    for continuation in waiting { continuation.resume(with: result) }
  }

  /// Blocks the calling thread until the job is done; not for Swift's cooperative pool.
  ///
  /// - Throws: what the job threw.
  public func wait() throws -> Value {
    try condition.withLock {
      while true {
        if let result { return result }
        condition.wait()
      }
    }.get()
  }

  /// The result, without blocking a thread.
  ///
  /// - Throws: what the job threw.
  public var value: Value {
    get async throws {
      try await withCheckedThrowingContinuation { continuation in
        let done = condition.withLock {
          if result == nil { waiting.append(continuation) }
          return result
        }
        if let done { continuation.resume(with: done) }
      }
    }
  }
}

/// What a new thread is handed.
private final class Body {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}

/// Sendable unchecked: all state is behind the condition's mutex.
private final class JobQueue: @unchecked Sendable {
  private let condition = Condition()
  private var jobs: [@Sendable () -> Void] = []
  private var isClosed = false

  func add(_ job: @escaping @Sendable () -> Void) {
    condition.withLock {
      jobs.append(job)
      condition.wakeAll()
    }
  }

  func close() {
    condition.withLock {
      isClosed = true
      condition.wakeAll()
    }
  }

  /// The next job, waited for; nil when there will be none.
  func next() -> (@Sendable () -> Void)? {
    condition.withLock {
      while jobs.isEmpty, !isClosed { condition.wait() }
      return jobs.isEmpty ? nil : jobs.removeFirst()
    }
  }
}
