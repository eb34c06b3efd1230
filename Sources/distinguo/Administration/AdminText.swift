import AdminClient
import Foundation
import StateStore

/// What an administration tells, in words and figures for people.
enum AdminText {
  /// How long ago it was, in one unit.
  static func age(_ date: Date, now: Date = .now) -> String {
    let seconds = now.timeIntervalSince(date)
    // Clocks differ a little.
    return seconds < 1 ? "now" : "\(span(seconds)) ago"
  }

  /// The time here, and how long ago it was.
  static func moment(_ date: Date) -> String {
    let style = Date.ISO8601FormatStyle(timeZone: .current).year().month().day().dateTimeSeparator(.space)
      .time(includingFractionalSeconds: false)
    return "\(date.formatted(style)) (\(age(date)))"
  }

  /// A length of time, in one unit, rounded.
  static func span(_ seconds: Double) -> String {
    let units: [(name: String, seconds: Double)] = [("d", 86400), ("h", 3600), ("min", 60)]
    for (name, length) in units where seconds >= 2 * length { return "\(Int((seconds / length).rounded())) \(name)" }
    return "\(Int(max(0, seconds).rounded())) s"
  }

  /// A share as a percentage.
  static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  /// A number of bytes, in the largest unit of which there is one.
  static func size(_ bytes: Int) -> String {
    for (power, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes >= 1 << power {
      return String(format: "%.1f %@", Double(bytes) / Double(1 << power), unit)
    }
    return "\(bytes) B"
  }

  /// A digest's first digits, which are enough to tell it from others.
  static func short(_ digest: String) -> String { String(digest.replacing("sha256:", with: "").prefix(12)) }

  /// How a version became current.
  static func kind(_ kind: Activation.Kind) -> String {
    switch kind {
    case .activate: "activated"
    case .rollBack: "rolled back"
    case .gate: "passed the gate"
    case .drift: "rolled back after a drift"
    case .outside: "found so"
    }
  }

  /// What the gate said, in one word; nothing before it was asked.
  static func gate(_ report: GateReport?) -> String { report.map { $0.isPassed ? "passed" : "not passed" } ?? "" }

  /// The new version beside the current one, and why it did not pass.
  static func comparison(_ report: GateReport) -> String {
    let versions = [report.serving, report.candidate].compactMap { $0 }.map { "version \($0.version)" }
    var table = TextTable(["of held-out pictures"] + versions + ["may be worse by"], rightAligned: [1, 2, 3])
    func add(_ name: String, _ share: (GateReport.Figures) -> GateReport.Share?, _ margin: Double?) {
      guard let candidate = share(report.candidate) else { return }
      func cell(_ share: GateReport.Share?) -> String { share.map { "\(percent($0.share)) of \($0.of)" } ?? "–" }
      table.add(
        [name] + (report.serving.map { [cell(share($0))] } ?? []) + [cell(candidate), margin.map(percent) ?? ""])
    }
    add("Student accuracy", \.studentAccuracy, nil)
    add("end to end accuracy", \.endToEndAccuracy, report.margins.accuracy)
    add("clean rejection", \.cleanRejectionRate, report.margins.cleanRejection)
    add("defence rate", \.defenceRate, report.margins.defence)
    add("rejection of known attacks", \.feedbackRejectionRate, nil)
    return ([table.text] + report.reasons.map { "– \($0)" }).joined(separator: "\n")
  }
}
