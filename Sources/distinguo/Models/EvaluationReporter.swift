import Base
import Foundation

/// Tells on standard error how far an evaluation is.
final class EvaluationReporter: Sendable {
  private struct State {
    var started = Date.now
    var told: Date?
    var done = -1
    var hasBar = false
  }

  private let style: ProgressStyle
  private let total: Int
  private let state = LockBox(State())

  /// - Parameter total: how many pictures there are to judge, and steps of attacks to take.
  init(_ style: ProgressStyle, total: Int) {
    self.style = style
    self.total = total
  }

  /// - Parameter done: how many of the total; may be called from any thread.
  func report(_ done: Int) { state.withLock { report(done, &$0) } }

  /// All is done.
  func finish() {
    state.withLock { state in
      report(total, &state)
      if state.hasBar { write("\r\u{1b}[K") }
    }
  }

  private func report(_ done: Int, _ state: inout State) {
    // One thread may come to tell it later than another that has seen more.
    guard done > state.done else { return }
    state.done = done
    let now = Date.now
    let interval = style == .bar ? 0.2 : style == .json ? 1 : 10
    if let told = state.told, now.timeIntervalSince(told) < interval, done < total { return }
    state.told = now
    // Those that were quick to judge say little about the steps, but it is all that there is to go by.
    let left = done > 0 ? now.timeIntervalSince(state.started) * Double(total - done) / Double(done) : nil
    switch style {
    case .none: break
    case .json: ProgressStyle.emit(["event": "step", "done": done, "total": total, "seconds_left": left as Any])
    case .lines: write(String(format: "%.1f %%\n", 100 * Double(done) / Double(max(1, total))))
    case .bar:
      write(String(format: "\r\u{1b}[K%.1f %%", 100 * Double(done) / Double(max(1, total))))
      state.hasBar = true
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
