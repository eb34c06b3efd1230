internal import Glibc

/// A value behind a lock.
///
/// A pthread mutex, since Thread Sanitizer reports `Synchronization.Mutex` falsely on Linux.
/// Sendable unchecked: the value is only reached while the mutex is held.
public final class LockBox<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  /// Puts a value behind a lock of its own.
  public init(_ value: Value) {
    mutex = .allocate(capacity: 1)
    self.value = value
    precondition(pthread_mutex_init(mutex, nil) == 0, "pthread_mutex_init failed")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` with the value while nobody else can.
  public func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
