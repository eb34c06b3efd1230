import AdminClient
import ArgumentParser
import Retraining
import StateStore

extension Jobs {
  struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End a retraining before there is a new version.")

    @OptionGroup var options: AdminOptions

    @Argument(help: "The retraining's id.") var id: String

    func run() throws {
      try options.show(.cancel(id)) { (status: JobStatus) in "\(status.job.id): \(status.job.state.rawValue)" }
    }
  }

  struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The last lines that a retraining's processes wrote.")

    @OptionGroup var options: AdminOptions

    @Argument(help: "The retraining's id.") var id: String

    func run() throws {
      try options.show(.job(id)) { (status: JobStatus) in status.log.joined(separator: "\n") }
    }
  }
}
