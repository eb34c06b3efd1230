import Base
import Foundation

/// Tells on standard error what an evaluation is at, and how much of it is done.
final class StageReporter: Sendable {
  private struct State {
    var stage = ""
    var told = Date.distantPast
    var hasBar = false
  }

  private let style: ProgressStyle
  private let started = Date.now
  private let state = LockBox(State())

  init(_ style: ProgressStyle) { self.style = style }

  /// May be called from any thread.
  ///
  /// - Parameter share: how much is done, 0...1.
  @Sendable func report(_ stage: String, _ share: Double) {
    state.withLock { state in
      let interval = style == .bar ? 0.2 : style == .json ? 1 : 10
      guard stage != state.stage || Date.now.timeIntervalSince(state.told) >= interval else { return }
      (state.stage, state.told) = (stage, .now)
      switch style {
      case .none: break
      case .json: ProgressStyle.emit(["event": "stage", "stage": stage, "share": share])
      case .lines: write(line(stage, share) + "\n")
      case .bar:
        write("\r\u{1b}[K" + line(stage, share))
        state.hasBar = true
      }
    }
  }

  /// All is done.
  func finish() {
    state.withLock { if $0.hasBar { write("\r\u{1b}[K") } }
  }

  private func line(_ stage: String, _ share: Double) -> String {
    let minutes = Int(Date.now.timeIntervalSince(started)) / 60
    return String(format: "%3.0f %%  %@  (%d min)", 100 * share, stage, minutes)
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
