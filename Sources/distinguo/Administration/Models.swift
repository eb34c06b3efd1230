import AdminClient
import ArgumentParser
import StateStore

struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A running gateway's models: list, activate, roll back, delete.",
    discussion: """
      Asks the gateway's administration (admin.listen); whose token it is decides what may be done.

        distinguo models list --token-file alice.token
        distinguo models activate flowers 3 --if-current 2
        distinguo models roll-back flowers
      """,
    subcommands: [
      List.self, Show.self, Activate.self, RollBack.self, Delete.self, Activations.self,
    ])

  /// What was done, for people.
  static func text(_ activation: Activation) -> String {
    let before = activation.previous.map { "; it was version \($0)" } ?? ""
    return "\(activation.model): version \(activation.version) is current now\(before)"
  }
}
