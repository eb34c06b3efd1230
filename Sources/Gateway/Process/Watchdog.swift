/// Tells the service manager that the gateway works, because it has just worked.
///
/// A process can be alive and answer nothing; so the word is only given after a real inference through the same threads
/// and queues as everybody's. One that fails or never ends gives none, and the manager starts the service anew.
final class Watchdog: Sendable {
  private let task: Task<Void, Never>

  /// Begins with an inference now; ends when it goes.
  ///
  /// - Parameters:
  ///   - interval: after so long without a word the service is taken for dead.
  ///   - notify: gives the word.
  ///   - inference: asks the gateway about a picture, and says, once, whether there was a verdict.
  init<Time: Clock>(
    interval: Duration, clock: Time = ContinuousClock(), notify: @escaping @Sendable () -> Void,
    inference: @escaping @Sendable (@escaping @Sendable (Bool) -> Void) -> Void
  ) where Time.Duration == Duration {
    // Twice in an interval, as sd_watchdog_enabled(3) recommends.
    let period = interval / 2
    task = Task {
      var next = clock.now
      while !Task.isCancelled {
        let succeeded = await withCheckedContinuation { done in inference { done.resume(returning: $0) } }
        if succeeded, !Task.isCancelled { notify() }
        // By the clock and not by pauses, so that slow inferences do not make the intervals longer.
        next = max(next.advanced(by: period), clock.now)
        guard (try? await clock.sleep(until: next, tolerance: nil)) != nil else { return }
      }
    }
  }

  deinit { task.cancel() }
}
