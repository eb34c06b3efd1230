import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast things are.", subcommands: [BenchEngine.self, BenchDefence.self, BenchPipeline.self])
}
