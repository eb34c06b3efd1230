import ArgumentParser

@main
struct Distinguo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distinguo",
    abstract: "An inference gateway that notices images made to fool the classifier behind it.",
    version: "0.1.0",
    subcommands: [
      Serve.self, Train.self, Classify.self, Verify.self, Calibrate.self, Evaluate.self, Attack.self, Run.self,
      Inspect.self,
      Bench.self, Models.self, Jobs.self, Token.self, Child.self,
    ])
}
