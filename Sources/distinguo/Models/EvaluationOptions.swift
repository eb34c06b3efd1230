public import ArgumentParser
import DataSets
import Defence
public import Evaluation
import Foundation

/// What `distinguo evaluate --report` tries, and what its attackers have.
struct EvaluationOptions: ParsableArguments {
  @Option(
    help: """
      A folder for a whole evaluation: report.html, report.json, verdicts.jsonl and the attacking pictures. The same \
      command goes on where it was interrupted.
      """)
  var report: String?

  @Option(
    help: """
      With --report: the threat models, with commas between, of T1, T2, T3, T4 and T5; all of them if left out.
      """)
  var threats: ThreatList?

  @Option(help: "With --report: quick (about a quarter of an hour on two cores), or full (a night).")
  var preset = EvaluationPreset.quick

  @Option(help: "With --report: how many pictures each attack of T1 to T4 begins with, instead of the preset's number.")
  var sources: Int?

  @Option(
    help: """
      With --report: the pictures that the model was trained with. The attackers of T2 and T3 train surrogates with them, and \
      prior defences their networks; these are tuned with those that were withheld. Without it, half of --data goes to the attackers and is not \
      measured. May be repeated.
      """)
  var trainingData: [String] = []

  @Option(
    help: """
      With --report: the Teacher, an ONNX file. Without it, surrogates start from the model's own Student, which is more than \
      attackers of T2 and T3 have.
      """)
  var teacher: String?

  private static let sourceNumbers = 1...1_000_000

  func validate() throws {
    if let sources, !Self.sourceNumbers.contains(sources) {
      throw ValidationError("--sources is \(sources); it must be 1 to \(Self.sourceNumbers.upperBound).")
    }
    guard report == nil else { return }
    for (option, isGiven) in [
      ("--threats", threats != nil), ("--sources", sources != nil), ("--training-data", !trainingData.isEmpty),
      ("--teacher", teacher != nil),
    ] where isGiven {
      throw ValidationError("\(option) goes with --report DIR.")
    }
  }
}

/// Threat models with commas between: `T1,T4`.
struct ThreatList: ExpressibleByArgument {
  let threats: [AttackRecord.Threat]

  init?(argument: String) {
    let names = argument.split(separator: ",", omittingEmptySubsequences: false)
    let threats = names.compactMap {
      AttackRecord.Threat(rawValue: $0.trimmingCharacters(in: .whitespaces).uppercased())
    }
    guard threats.count == names.count, threats.allSatisfy(EvaluationRun.possibleThreats.contains) else { return nil }
    self.threats = EvaluationRun.possibleThreats.filter(threats.contains)
  }

  static let allValueStrings = EvaluationRun.possibleThreats.map(\.rawValue)
}

extension EvaluationPreset: ExpressibleByArgument {}
