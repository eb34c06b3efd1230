import Base
import Dispatch

/// Waits for the end of draining.
final class Drained: Sendable {
  private let left = LockBox<Int?>(nil)
  private let end = DispatchSemaphore(value: 0)

  func finish(_ count: Int) {
    left.withLock { $0 = count }
    end.signal()
  }

  func wait() -> Int? {
    end.wait()
    return left.withLock { $0 }
  }
}
