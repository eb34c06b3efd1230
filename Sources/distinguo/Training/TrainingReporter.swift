import DataSets
import Defence
import Foundation

/// Tells on standard error how a training goes, and on standard output what came of it.
final class TrainingReporter {
  private let style: ProgressStyle
  private var rows: [TrainingEvent.Trained] = []
  private var lastStep: Date?
  private var hasBar = false

  init(_ style: ProgressStyle) { self.style = style }

  /// Pictures that could not be read.
  func broken(_ pictures: [BrokenPicture]) {
    for picture in pictures { note("skipped \(picture)") }
  }

  /// Something that people should know.
  func note(_ text: String) {
    switch style {
    case .none: break
    case .json: emit(["event": "note", "text": text])
    case .bar, .lines: line(text)
    }
  }

  func report(_ event: TrainingEvent) {
    switch event {
    case .step(let step): report(step)
    case .trained(let network):
      rows.append(network)
      let agreement = network.agreement.map { ", agrees with the Student on \(Self.percent($0.share))" } ?? ""
      tell(
        "\(network.network): \(Self.percent(network.accuracy.share)) of \(network.accuracy.of) withheld pictures right"
          + agreement,
        [
          "event": "trained", "network": network.network, "weights": network.weights,
          "accuracy": network.accuracy.share, "agreement": network.agreement.map { $0.share } as Any,
        ])
    case .data(let labels, let training, let withheld, let heldOut, let broken):
      tell(
        "\(labels) labels, \(training) pictures to train on, \(withheld) withheld, "
          + (heldOut > 0 ? "\(heldOut) held out, " : "") + "\(broken) broken",
        [
          "event": "data", "labels": labels, "training": training, "withheld": withheld, "held_out": heldOut,
          "broken": broken,
        ])
    case .calibrated(let scores, let threshold):
      tell(
        "calibrated with \(scores) clean scores; the pooled threshold is \(String(format: "%.4f", threshold))",
        ["event": "calibrated", "scores": scores, "pooled_threshold": threshold])
    case .sampleLeftOut(let name, let reason):
      tell("the sample \(name) is left out: \(reason)", ["event": "sample_left_out", "name": name, "reason": reason])
    }
  }

  private func report(_ step: TrainingEvent.Step) {
    let isLast = step.step == step.steps
    // Often enough to watch; a log gets a line each ten seconds.
    let interval = style == .bar ? 0.2 : style == .json ? 1 : 10
    if !isLast, let lastStep, Date.now.timeIntervalSince(lastStep) < interval { return }
    lastStep = .now
    let text =
      "\(step.network) (\(step.number)/\(step.count)) epoch \(step.epoch)/\(step.epochs)  "
      + String(format: "loss %.3f  accuracy ", step.loss) + Self.percent(step.accuracy)
      + String(format: "  %.0f images/s  ", step.imagesPerSecond) + Self.duration(step.secondsLeft) + " left"
    switch style {
    case .none: break
    case .json:
      emit([
        "event": "step", "network": step.network, "number": step.number, "count": step.count, "epoch": step.epoch,
        "epochs": step.epochs, "step": step.step, "steps": step.steps, "loss": step.loss, "accuracy": step.accuracy,
        "images_per_second": step.imagesPerSecond, "seconds_left": step.secondsLeft,
      ])
    case .lines: line(text)
    case .bar:
      let full = 24 * step.step / max(1, step.steps)
      let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 24 - full)
      write("\r\u{1b}[K\(bar) \(text)")
      hasBar = true
    }
  }

  /// The table of what came out.
  func finish(_ bundle: ModelBundle) {
    let student = rows.first { $0.network == "student" }?.weights ?? 0
    var table = TextTable(
      ["network", "scope", "ratio", "weights", "of the Student's", "withheld right", "agreement"],
      rightAligned: [2, 3, 4, 5, 6])
    for row in rows {
      let one = bundle.manifest.differentiators.first { $0.id == row.network }
      let scope = one.map { $0.other ? "\($0.scope.count) labels" : "all" } ?? ""
      table.add([
        row.network, scope, one.map { "\($0.pruningRatio)" } ?? "", "\(row.weights)",
        Self.percent(Double(row.weights) / Double(max(1, student))), Self.percent(row.accuracy.share),
        row.agreement.map { Self.percent($0.share) } ?? "",
      ])
    }
    if style == .json {
      emit(["event": "finished", "bundle": bundle.path, "digest": bundle.digest])
    } else if hasBar {
      write("\n")
      hasBar = false
    }
    print(table.text)
    for measured in bundle.manifest.measured {
      print(
        "\(measured.data): Student \(Self.text(measured.studentAccuracy)), end to end "
          + "\(Self.text(measured.endToEndAccuracy)), clean rejection \(Self.text(measured.cleanRejectionRate))")
    }
    print("\(bundle.path)  \(bundle.digest)")
  }

  private func tell(_ text: String, _ members: [String: Any]) {
    switch style {
    case .none: break
    case .json: emit(members)
    case .bar, .lines: line(text)
    }
  }

  private func line(_ text: String) {
    write((hasBar ? "\r\u{1b}[K" : "") + text + "\n")
    hasBar = false
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  private func emit(_ members: [String: Any]) { ProgressStyle.emit(members) }

  static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  static func text(_ rate: Rate) -> String {
    String(format: "%.2f %% (%.2f–%.2f)", 100 * rate.share, 100 * rate.low, 100 * rate.high)
  }

  private static func duration(_ seconds: Double) -> String {
    let total = Int(min(seconds, 1e6).rounded())
    return total >= 3600
      ? String(format: "%d:%02d:%02d", total / 3600, total / 60 % 60, total % 60)
      : String(format: "%d:%02d", total / 60, total % 60)
  }
}
