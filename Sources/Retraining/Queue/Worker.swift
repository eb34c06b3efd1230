internal import Base
internal import Foundation

/// The one thread that works on jobs.
///
/// All child processes are begun on it: the kernel ends a child when the *thread* that made it ends (PR_SET_PDEATHSIG), so
/// that must be one that lives as long as the gateway.
final class Worker: Sendable {
  private enum State { case idle, working, done }

  private let state = LockBox(State.idle)
  private let condition = Condition()

  /// Begins to work on a thread of its own.
  func start(_ body: @escaping @Sendable () -> Void) {
    precondition(state.withLock { $0 } == .idle, "a queue is resumed once")
    state.withLock { $0 = .working }
    let thread = Thread { [self] in
      body()
      condition.withLock {
        state.withLock { $0 = .done }
        condition.wakeAll()
      }
    }
    thread.name = "retraining"
    thread.start()
  }

  /// Waits for the end of the work, if it was begun, but no longer than this.
  func wait(atMost duration: Duration) {
    let end = ContinuousClock.now + duration
    condition.withLock {
      while state.withLock({ $0 }) == .working, ContinuousClock.now < end { condition.wait(atMost: end - .now) }
    }
  }
}
