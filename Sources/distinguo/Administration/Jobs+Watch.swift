import AdminClient
import ArgumentParser

extension Jobs {
  struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Watch a retraining until it ends; the exit status is 0 if it succeeded. Ctrl-C only stops watching.")

    @OptionGroup var options: AdminOptions

    @Argument(help: "The retraining's id.") var id: String

    func run() throws { try JobWatch(try options.client(), json: options.json).run(id) }
  }
}
