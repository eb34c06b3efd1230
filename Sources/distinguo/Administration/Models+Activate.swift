import AdminClient
import ArgumentParser

extension Models {
  struct Activate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a version the current one. It is verified first; no request is lost.")

    @OptionGroup var options: AdminOptions

    @Option(help: "Only if this version is current now, so that nobody else's choice is undone.")
    var ifCurrent: Int?

    @Argument(help: "The model's name.") var model: String

    @Argument(help: "The version's number.") var version: Int

    func run() throws { try options.show(.activate(version, of: model, ifCurrent: ifCurrent), Models.text) }
  }

  struct RollBack: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make the version before the current one again.")

    @OptionGroup var options: AdminOptions

    @Option(help: "Only if this version is current now, so that nobody else's choice is undone.")
    var ifCurrent: Int?

    @Argument(help: "The model's name.") var model: String

    func run() throws { try options.show(.rollBack(model, ifCurrent: ifCurrent), Models.text) }
  }
}
