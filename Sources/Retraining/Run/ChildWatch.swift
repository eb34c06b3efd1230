/// Reads what one child process writes: progress, complaints, output, and what goes into the log. However much that is, it
/// keeps little of it.
final class ChildWatch {
  /// As many bytes of output are kept, and of a complaint.
  private static let limits = (output: 1 << 20, complaint: 1000)

  /// What the child printed, if that is wanted and not a log.
  private(set) var output: [UInt8] = []
  /// Where its training began: network and step.
  private(set) var beginning: [Int]?
  /// Why it failed, as it said itself.
  var complaint: String? { error ?? lastLine }

  private let current: CurrentJob
  private let keepsOutput: Bool
  private let note: (ChildLine) -> Void
  private var splitters = (output: LineSplitter(), errors: LineSplitter())
  private var error: String?
  private var lastLine: String?

  init(_ current: CurrentJob, keepsOutput: Bool, note: @escaping (ChildLine) -> Void) {
    (self.current, self.keepsOutput, self.note) = (current, keepsOutput, note)
  }

  /// Takes what was read.
  func take(_ stream: ChildRun.Stream, _ bytes: ArraySlice<UInt8>) {
    switch stream {
    case .output where keepsOutput: output += bytes.prefix(Self.limits.output - output.count)
    case .output: splitters.output.add(bytes) { current.log(String(line: $0)) }
    case .errors: splitters.errors.add(bytes, takeLine)
    }
  }

  /// Takes last lines that have no end.
  func end() {
    splitters.output.end { current.log(String(line: $0)) }
    splitters.errors.end(takeLine)
  }

  private func takeLine(_ bytes: [UInt8]) {
    let line = ChildLine(bytes)
    switch line {
    case .trained(let step):
      if beginning == nil { beginning = step.position }
      note(line)
    case .measured: note(line)
    case .error(let text):
      error = String(text.prefix(Self.limits.complaint))
      current.log("error: \(text)")
    case .text(let text):
      let text = text.trimmingPrefix { $0 == " " }
      guard !text.isEmpty else { return }
      // ArgumentParser explains the usage after what is wrong.
      if text.hasPrefix("Error: ") { error = String(text.dropFirst(7).prefix(Self.limits.complaint)) }
      lastLine = String(text.prefix(Self.limits.complaint))
      current.log(String(text))
    }
  }
}
