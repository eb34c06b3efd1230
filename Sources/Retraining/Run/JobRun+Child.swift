internal import Foundation
internal import Glibc
internal import StateStore

/// Child processes: begun, watched, and begun again.
extension JobRun {
  /// Runs a command until it succeeds.
  ///
  /// A child that is killed from outside is begun again, as often in a row as the settings allow. The count starts anew
  /// when a child begins further on than the last one did, that is, from a later checkpoint. That the gateway itself was
  /// killed is never held against a job.
  /// - Parameters:
  ///   - what: the command for people, as in "the training failed".
  ///   - isDone: whether there is nothing to do any more.
  ///   - note: takes what the child says of its progress.
  /// - Returns: what it printed, of a command with `--json`; of others that goes into the log.
  func runChild(
    _ command: [String], _ what: String, isDone: () -> Bool, note: @escaping (ChildLine) -> Void
  ) throws(End) -> [UInt8] {
    var failures = 0
    let begun = ContinuousClock.now
    var beginning: [Int] = []
    while true {
      try check()
      if isDone() { return [] }
      try change { $0.attempts += 1 }
      let watch = ChildWatch(current, keepsOutput: command.contains("--json"), note: note)
      let (failure, hint): (String, String)
      switch runOnce(command, watch, until: begun + settings.timeLimit) {
      case .succeeded: return watch.output
      case .interrupted(.cancelled): throw .cancelled
      case .interrupted(.stopping): throw .stopping
      case .interrupted(.timeLimit):
        throw .failed("the \(what) took longer than the \(settings.timeLimit.words) of retraining.time, and was ended")
      case .failed(let reason): throw .failed("the \(what) failed: \(reason)")
      case .killed(let reason, let cause): (failure, hint) = ("the \(what) \(reason)", cause)
      }
      let isFurther = beginning.lexicographicallyPrecedes(watch.beginning ?? [])
      if isFurther { beginning = watch.beginning ?? [] }
      failures = isFurther ? 1 : failures + 1
      guard failures < settings.attempts else { throw .failed("\(failure)\(Self.times(failures))\(hint)") }
      current.log("\(failure)\(hint); it goes on from its last checkpoint")
      try pause(settings.pause)
    }
  }

  /// How a child process went.
  private enum Result {
    case succeeded
    case interrupted(ChildRun.Interruption)
    /// Trying again would give the same.
    case failed(String)
    /// It may go better the next time. What may have had to do with it is added in a clause, or empty.
    case killed(String, hint: String)
  }

  private func runOnce(
    _ command: [String], _ watch: ChildWatch, until deadline: ContinuousClock.Instant
  ) -> Result {
    let settings = self.settings
    let isLimited = cgroup?.limit(memory: settings.memory) ?? false
    let restraint = ChildRestraint(
      nice: settings.nice, memory: isLimited ? nil : settings.memory, cgroup: cgroup?.path, parent: Int(getpid()))
    let kills = cgroup?.memoryKills ?? 0
    let outcome: ChildRun.Outcome
    do throws(ChildProcess.Fault) {
      let child = try ChildProcess(
        settings.executable, ["distinguo"] + restraint.arguments(before: command), environment: Self.environment)
      current.log("began process \(child.id): distinguo \(command.joined(separator: " "))")
      let run = ChildRun(
        wake: queue.wake, deadline: deadline, grace: settings.grace, wish: { self.wish }, pulse: current.tell)
      outcome = run.run(child, read: watch.take)
    } catch {
      return error.isPassing ? .killed("could not be begun (\(error))", hint: "") : .failed("\(error)")
    }
    watch.end()
    switch (outcome.ending, outcome.interruption) {
    case (.exited(0), _): return .succeeded
    case (_, let interruption?): return .interrupted(interruption)
    case (.exited(let status), nil): return .failed(watch.complaint ?? "exit status \(status)")
    case (.killed(let number), nil):
      return .killed(
        "was ended by signal \(number) (\(String(cString: strsignal(number)).lowercased()))",
        hint: memoryHint(number, kills: (cgroup?.memoryKills ?? 0) - kills, isGroupLimited: isLimited))
    case (.unknown, nil): return .killed("ended, and another part of the gateway was told how", hint: "")
    }
  }

  private var wish: ChildRun.Interruption? {
    if queue.isStopping { return .stopping }
    return job.state == .cancelling ? .cancelled : nil
  }

  /// What memory may have had to do with it.
  private func memoryHint(_ number: Int32, kills: Int, isGroupLimited: Bool) -> String {
    guard let memory = settings.memory else { return "" }
    if kills > 0 { return ", since it needed more than the \(memory) bytes of retraining.memory" }
    // Without the control group's limit it is the program that finds no memory, and that does not know what to do then.
    let isFault = [SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP].contains(number)
    return isFault && !isGroupLimited
      ? ", perhaps since it needed more than the \(memory) bytes of retraining.memory" : ""
  }

  private func pause(_ duration: Duration) throws(End) {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end {
      try check()
      queue.wake.wait(atMost: end - .now)
    }
  }

  private static func times(_ number: Int) -> String {
    switch number {
    case ...1: ""
    case 2: " twice in a row"
    case 3: " three times in a row"
    default: " \(number) times in a row"
    }
  }

  /// The gateway's environment without its own settings and secrets, and without what the service manager gave to it alone.
  private static var environment: [String] {
    let own = ["DISTINGUO_", "LISTEN_", "NOTIFY_", "WATCHDOG_"]
    return ProcessInfo.processInfo.environment
      .filter { variable in !own.contains { variable.key.hasPrefix($0) } }
      .map { "\($0.key)=\($0.value)" }
  }
}

extension Duration {
  /// It for people, in the largest unit that divides it: `6 h`.
  var words: String {
    let seconds = self / .seconds(1)
    for (unit, name) in [(3600.0, "h"), (60, "min")] where seconds >= unit && seconds.remainder(dividingBy: unit) == 0 {
      return "\(Int(seconds / unit)) \(name)"
    }
    return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
