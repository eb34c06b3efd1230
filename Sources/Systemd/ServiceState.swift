/// What a service tells the service manager, as lines of sd_notify(3).
public enum ServiceState: Sendable, Hashable {
  /// Starting up is done, or reloading.
  case ready
  /// A line for people, shown by `systemctl status`.
  case status(String)
  /// The configuration is being read anew; ``ready`` must follow.
  ///
  /// - Parameter since: CLOCK_MONOTONIC in microseconds, at or after the moment the reload was asked for.
  case reloading(since: UInt64)
  /// Shutting down has begun.
  case stopping
  /// The service is alive; due more often than ``WatchdogRequest/interval``.
  case watchdog
  /// Starting or stopping takes so much longer from now on.
  case extendTimeout(Duration)

  /// The assignments that say it.
  var assignments: [String] {
    switch self {
    case .ready: ["READY=1"]
    case .status(let text): ["STATUS=\(Self.line(text))"]
    case .reloading(let since): ["RELOADING=1", "MONOTONIC_USEC=\(since)"]
    case .stopping: ["STOPPING=1"]
    case .watchdog: ["WATCHDOG=1"]
    case .extendTimeout(let duration): ["EXTEND_TIMEOUT_USEC=\(duration.microseconds)"]
    }
  }

  /// A text on one line: assignments end at a line feed, and a text must not bring one of its own.
  private static func line(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
  }
}

extension Duration {
  /// Whole microseconds, 0 for less than none.
  var microseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(seconds) * 1_000_000 + UInt64(attoseconds / 1_000_000_000_000)
  }
}
