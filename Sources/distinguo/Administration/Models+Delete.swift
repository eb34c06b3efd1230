import AdminClient
import ArgumentParser

extension Models {
  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove a version from the disk; not one that is current or answers.")

    @OptionGroup var options: AdminOptions

    @Argument(help: "The model's name.") var model: String

    @Argument(help: "The version's number.") var version: Int

    func run() throws {
      _ = try options.answer(.delete(version, of: model))
      if !options.json { print("\(model): version \(version) is gone") }
    }
  }
}
