import AdminClient
import Foundation
import Retraining
import StateStore

/// A retraining in one line.
enum JobLine {
  /// Where it stands.
  static func text(_ status: JobStatus) -> String {
    let job = status.job
    switch job.state {
    case .queued: return "waits for its turn"
    case .running: return "\(job.step.rawValue)\(status.progress.map { "  \(progress($0))" } ?? "")"
    case .cancelling: return "is being cancelled"
    case .succeeded:
      let version = "version \(job.version.map { "\($0)" } ?? "–")"
      return "succeeded: \(job.isActivated ? "\(version) is current now" : job.reason ?? "\(version) is a candidate")"
    case .failed: return "failed\(job.reason.map { ": \($0)" } ?? "")"
    case .cancelled: return "cancelled"
    }
  }

  /// How far it is, as far as that is known.
  static func progress(_ progress: JobProgress) -> String {
    var parts = [AdminText.percent(progress.fraction)]
    // Narrow terminals show what comes first.
    if let left = progress.secondsLeft { parts.append("\(AdminText.span(left)) left") }
    if let network = progress.network {
      let number = progress.number.flatMap { number in progress.count.map { " (\(number)/\($0))" } } ?? ""
      let epoch = progress.epoch.flatMap { epoch in progress.epochs.map { " epoch \(epoch)/\($0)" } } ?? ""
      parts.append(network + number + epoch)
    }
    if let loss = progress.loss { parts.append(String(format: "loss %.3f", loss)) }
    if let accuracy = progress.accuracy { parts.append("accuracy \(AdminText.percent(accuracy))") }
    if let rate = progress.imagesPerSecond { parts.append(String(format: "%.0f images/s", rate)) }
    return parts.joined(separator: "  ")
  }

  /// A bar as wide as 24 letters, so much of it full.
  static func bar(_ fraction: Double) -> String {
    let full = Int(24 * min(1, max(0, fraction)))
    return String(repeating: "█", count: full) + String(repeating: "░", count: 24 - full)
  }
}
