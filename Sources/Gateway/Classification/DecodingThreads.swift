internal import Base
internal import NeuralNet

/// Threads that take jobs from one queue: bodies become pictures there, neither on the network's queues nor where the
/// networks are asked.
///
/// The queue has no bound of its own: who submits has a place in the ``Batcher``, and of those there are so many.
final class DecodingThreads: Sendable {
  private let queue = Queue()
  private let threads: [ComputeThread]

  /// Sendable unchecked: all state is behind the condition's mutex.
  private final class Queue: @unchecked Sendable {
    let condition = Condition()
    var jobs: [@Sendable () -> Void] = []
    var isClosed = false

    /// The next job, waited for; nil when there will be none.
    func next() -> (@Sendable () -> Void)? {
      condition.withLock {
        while jobs.isEmpty, !isClosed { condition.wait() }
        return jobs.isEmpty ? nil : jobs.removeFirst()
      }
    }
  }

  init(count: Int) {
    threads = (0..<count).map { _ in ComputeThread() }
    for thread in threads {
      _ = thread.submit { [queue] in
        while let job = queue.next() { job() }
      }
    }
  }

  deinit {
    queue.condition.withLock {
      queue.isClosed = true
      queue.condition.wakeAll()
    }
  }

  /// Has a job done by the next thread that is free.
  func submit(_ job: @escaping @Sendable () -> Void) {
    queue.condition.withLock {
      queue.jobs.append(job)
      queue.condition.wakeOne()
    }
  }
}
