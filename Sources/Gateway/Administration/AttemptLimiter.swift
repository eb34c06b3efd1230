internal import Base

/// Counts wrong tokens, and says whom to listen to no more for a while.
final class AttemptLimiter: Sendable {
  private struct Attempts {
    var count: Int
    let first: ContinuousClock.Instant
  }

  private let attempts = LockBox<[String: Attempts]>([:])
  private let clock: @Sendable () -> ContinuousClock.Instant

  /// How long wrong tokens are remembered.
  static let period = Duration.seconds(60)
  /// Addresses that are remembered. Beyond it everybody unknown waits until there is room.
  private static let capacity = 10_000

  init(clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.clock = clock }

  /// How long an address has to wait before it is listened to; nil if it is now.
  ///
  /// - Parameter limit: after how many wrong tokens.
  func wait(_ address: String, limit: Int) -> Duration? {
    let now = clock()
    return attempts.withLock { attempts in
      if let known = attempts[address] {
        let end = known.first + Self.period
        if end <= now { attempts[address] = nil } else { return known.count >= limit ? end - now : nil }
      }
      guard attempts.count >= Self.capacity else { return nil }
      attempts = attempts.filter { $0.value.first + Self.period > now }
      return attempts.count >= Self.capacity ? Self.period : nil
    }
  }

  /// Takes note of a wrong token.
  func countFailure(_ address: String) {
    let now = clock()
    attempts.withLock { $0[address, default: Attempts(count: 0, first: now)].count += 1 }
  }
}
