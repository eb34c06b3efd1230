import ArgumentParser
import Defence
import Foundation
import Images

struct BenchDefence: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "defence",
    abstract: "Time a verdict on one picture against the Student alone, on one thread.",
    discussion: """
      The two take turns, and the medians over --runs rounds are compared. Decoding is left out of both; the verdict's \
      time has the choice of the differentiators in it. Pictures of noise are used, each once: what they show changes \
      nothing but which differentiators are asked.

        distinguo bench defence --model Models/flowers
      """)

  @Option(help: "A model's folder, or one version's.")
  var model: String

  @Option(help: "How many rounds.")
  var runs = 200

  func validate() throws {
    guard (1...1_000_000).contains(runs) else {
      throw ValidationError("--runs is \(runs); it must be 1 to 1000000.")
    }
  }

  func run() throws {
    let bundle = try ModelBundle(contentsOf: model)
    let worker = try DefenceWorker(try bundle.model())
    let format = bundle.manifest.input
    var generator = SystemRandomNumberGenerator()
    var (alone, whole): ([Duration], [Duration]) = ([], [])
    // The first rounds, in which programs are compiled and caches filled, do not count.
    let warmUp = 20
    for round in 0..<(warmUp + runs) {
      let pixels = (0..<(3 * format.width * format.height)).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let picture = Picture(width: format.width, height: format.height, pixels: pixels)
      let clock = ContinuousClock()
      let student = try clock.measure { _ = try worker.labels(of: [picture]) }
      let verdict = try clock.measure { _ = bundle.verdict(try worker.judge([picture])[0]) }
      guard round >= warmUp else { continue }
      alone.append(student)
      whole.append(verdict)
    }
    let (student, verdict) = (median(alone), median(whole))
    print(
      String(
        format: "Student alone %.3f ms, verdict with %d differentiators %.3f ms, ratio %.2f, medians of %d rounds",
        student, min(bundle.manifest.selection.count, bundle.differentiators.count), verdict, verdict / student, runs))
  }

  /// In milliseconds.
  private func median(_ durations: [Duration]) -> Double { durations.sorted()[durations.count / 2] / .milliseconds(1) }
}
