internal import Glibc

/// How often the service manager wants to hear ``ServiceState/watchdog`` (sd_watchdog_enabled(3)).
public struct WatchdogRequest: Sendable, Hashable {
  /// After so long without a word the service is taken for dead.
  public let interval: Duration

  /// What `WATCHDOG_USEC` asks for; nil if nothing is asked for, or of another process (`WATCHDOG_PID`).
  ///
  /// - Throws: ``ActivationError`` for a variable that is no positive number.
  public init?(environment: [String: String], process: Int32? = nil) throws(ActivationError) {
    guard let microseconds = try environment.number("WATCHDOG_USEC", 1...Int.max) else { return nil }
    let wanted = try environment.number("WATCHDOG_PID", 1...Int(Int32.max))
    guard wanted == nil || wanted == Int(process ?? getpid()) else { return nil }
    interval = .microseconds(microseconds)
  }
}
