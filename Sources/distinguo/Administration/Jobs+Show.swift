import AdminClient
import ArgumentParser
import Foundation
import Retraining
import StateStore

extension Jobs {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What a retraining was asked for, how far it is, and what came of it.")

    @OptionGroup var options: AdminOptions

    @Argument(help: "The retraining's id.") var id: String

    func run() throws { try options.show(.job(id), Self.text) }

    /// What a retraining is, line by line.
    static func text(_ status: JobStatus) -> String {
      let job = status.job
      var lines: [(String, String)] = [
        ("id", job.id), ("model", job.request.model), ("state", "\(job.state.rawValue), \(job.step.rawValue)"),
        ("asked for", "\(AdminText.moment(job.created)) by \(job.actor)"), ("data", data(status)),
        ("preset", "\(job.request.preset), seed \(job.request.seed), from the \(start(status))"),
      ]
      if let started = job.started { lines.append(("started", AdminText.moment(started))) }
      if let finished = job.finished { lines.append(("finished", AdminText.moment(finished))) }
      if let progress = status.progress { lines.append(("progress", JobLine.progress(progress))) }
      if let version = job.version {
        let activation = job.isActivated ? ", activated" : job.request.activate ? "" : ", to be activated by hand"
        lines.append(("version", "\(version)\(activation)"))
      }
      if let reason = job.reason { lines.append(("reason", reason)) }
      if let gate = job.gate { lines.append(("gate", AdminText.gate(gate))) }
      let width = lines.map(\.0.count).max() ?? 0
      let text = lines.map { $0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $1 }.joined(separator: "\n")
      return text + (job.gate.map { "\n\n\(AdminText.comparison($0))" } ?? "")
    }

    private static func data(_ status: JobStatus) -> String {
      let request = status.job.request
      let upload = request.data.upload.map { "\($0) (sent along)" }
      let parts = [request.data.path, upload, request.feedback ? "reviewed rejections" : nil]
      return parts.compactMap { $0 }.joined(separator: " and ")
    }

    private static func start(_ status: JobStatus) -> String {
      switch status.job.request.start {
      case .serving: "current version"
      case .teacher: "Teacher \(status.job.request.teacher ?? "")"
      }
    }
  }
}
