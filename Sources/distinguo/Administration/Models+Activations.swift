import AdminClient
import ArgumentParser
import StateStore

extension Models {
  struct Activations: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Which versions were current, since when, and who made them so.")

    @OptionGroup var options: AdminOptions

    @Argument(help: "The model's name.") var model: String

    func run() throws {
      try options.show(.activations(of: model)) { (list: ActivationList) in
        var table = TextTable(["number", "time", "version", "before", "how", "by"], rightAligned: [0, 2, 3])
        for activation in list.activations {
          table.add([
            "\(activation.number)", AdminText.moment(activation.time), "\(activation.version)",
            activation.previous.map { "\($0)" } ?? "–", AdminText.kind(activation.kind), activation.actor,
          ])
        }
        return table.text
      }
    }
  }
}
