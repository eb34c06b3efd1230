import AdminClient
import ArgumentParser
import StateStore

extension Jobs {
  struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End a retraining before there is a new version.")

    @OptionGroup var options: AdminOptions

    @Argument(help: "The retraining's id.") var id: String

    func run() throws {
      try options.show(.cancel(id)) { (document: JobDocument) in "\(document.job.id): \(document.job.state.rawValue)" }
    }
  }

  struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The last lines that a retraining's processes wrote.")

    @OptionGroup var options: AdminOptions

    @Argument(help: "The retraining's id.") var id: String

    func run() throws {
      try options.show(.job(id)) { (document: JobDocument) in document.log.joined(separator: "\n") }
    }
  }
}
