internal import Foundation

/// Which network of how many is being trained, and how long the others took.
struct RunProgress {
  private let networks: Int
  private var number = 0
  private var started = Date.now
  /// Of the differentiators trained so far in this run.
  private var durations: [TimeInterval] = []

  init(networks: Int) { self.networks = networks }

  /// A network that need not be trained.
  mutating func skip() { number += 1 }

  mutating func begin() {
    number += 1
    started = .now
  }

  mutating func end() {
    // The Student, the first one, says little about how long they take.
    if number > 1 { durations.append(Date.now.timeIntervalSince(started)) }
  }

  func event(_ network: String, _ report: FineTuning.Report) -> TrainingEvent.Step {
    let images = Double(report.steps) * Double(report.imagesPerStep)
    let whole = images / max(report.imagesPerSecond, 1e-3)
    let left = whole * Double(report.steps - report.step) / Double(report.steps)
    let others = durations.isEmpty ? whole : durations.reduce(0, +) / Double(durations.count)
    return TrainingEvent.Step(
      network: network, number: number, count: networks, epoch: (report.step - 1) / report.stepsPerEpoch + 1,
      epochs: report.steps / report.stepsPerEpoch, step: report.step, steps: report.steps, loss: report.loss,
      accuracy: report.accuracy, imagesPerSecond: report.imagesPerSecond,
      secondsLeft: left + Double(networks - number) * others)
  }
}
