internal import Glibc

/// A mutex, and a condition to wait for while it is held.
///
/// For threads of our own only: who waits blocks its thread. Sendable unchecked: pthreads' own types, made for sharing.
public final class Condition: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// A mutex that nobody holds.
  public init() {
    precondition(pthread_mutex_init(mutex, nil) == 0, "pthread_mutex_init failed")
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // So that a time-out is not moved when somebody sets the clock.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    precondition(pthread_cond_init(condition, &attributes) == 0, "pthread_cond_init failed")
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` while nobody else holds the mutex.
  public func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Lets the mutex go until somebody wakes this thread, or it wakes of itself: what was waited for must be looked at
  /// again. Only while the mutex is held.
  public func wait() { pthread_cond_wait(condition, mutex) }

  /// As ``wait()``, but no longer than this.
  public func wait(atMost duration: Duration) {
    var end = timespec()
    clock_gettime(CLOCK_MONOTONIC, &end)
    let (seconds, attoseconds) = max(duration, .zero).components
    let nanoseconds = end.tv_nsec + Int(attoseconds / 1_000_000_000)
    end.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
    end.tv_nsec = nanoseconds % 1_000_000_000
    pthread_cond_timedwait(condition, mutex, &end)
  }

  /// Wakes one of those that wait.
  public func wakeOne() { pthread_cond_signal(condition) }
  /// Wakes all that wait.
  public func wakeAll() { pthread_cond_broadcast(condition) }
}
