import ArgumentParser
import Foundation
import NeuralNet
import ONNX

struct BenchEngine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Time the network engine on an ONNX file.",
    discussion: """
      Prints the median over --runs runs after a warm-up, and the resident memory that the plan added. \
      Tests/Benchmarks/engine.py runs this beside onnxruntime and PyTorch, in turn, and prints the ratios; \
      it speaks to --interactive: each line 'run N' on standard input is answered by a line of JSON.
      """)

  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case inference, training
  }

  @Option(help: "The ONNX file, with one input [N,C,H,W].")
  var model: String

  @Option(help: "Height and width in pixels where the file leaves them free: N for both, or HxW.")
  var size: ImageSize?

  @Option(help: "How many images a run has.")
  var batch = 1

  @Option(help: "How many threads compute.")
  var threads = 1

  @Option(help: "float32, bfloat16 or auto. Training is always float32.")
  var precision: PrecisionChoice = .float32

  @Option(help: "inference, or training: one step of SGD with momentum on all weights.")
  var mode: Mode = .inference

  @Option(help: "How many timed runs.")
  var runs = 50

  @Flag(help: "Answer commands from standard input instead.")
  var interactive = false

  func validate() throws {
    guard (1...65536).contains(batch) else { throw ValidationError("--batch is \(batch); it must be 1 to 65536.") }
    guard (1...1024).contains(threads) else { throw ValidationError("--threads is \(threads); it must be 1 to 1024.") }
    guard runs > 0 else { throw ValidationError("--runs is \(runs); it must be at least 1.") }
  }

  func run() throws {
    let before = ResidentMemory.bytes
    let subject: any BenchmarkSubject
    switch mode {
    case .inference:
      subject = try InferenceSubject(
        path: model, batch: batch, size: size?.extent, precision: precision, threads: threads)
    case .training:
      subject = try TrainingSubject(path: model, batch: batch, size: size?.extent, threads: threads)
    }
    if interactive {
      try answer(subject, before)
    } else {
      _ = try time(subject, runs: max(3, runs / 10))
      let times = try time(subject, runs: runs).sorted()
      let median = times[times.count / 2]
      print(
        "\(model) \(mode.rawValue) batch \(batch) threads \(threads) \(subject.precision.rawValue): "
          + "median \(median.formatted(3)) ms, best \(times[0].formatted(3)) ms of \(runs) runs; "
          + "\(((ResidentMemory.bytes - before) / 1024).grouped) KiB resident")
    }
  }

  private func time(_ subject: any BenchmarkSubject, runs: Int) throws -> [Double] {
    let clock = ContinuousClock()
    return try (0..<runs).map { _ in try clock.measure { try subject.run() } / .milliseconds(1) }
  }

  /// `run N` → `{"milliseconds": […], "resident_bytes": …}`; anything else ends it.
  private func answer(_ subject: any BenchmarkSubject, _ before: Int) throws {
    func say(_ object: [String: Any]) throws {
      let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
      print(String(decoding: data, as: UTF8.self))
      fflush(nil)
    }
    try say([
      "ready": true, "precision": subject.precision.rawValue, "resident_bytes_before": before,
      "resident_bytes": ResidentMemory.bytes,
    ])
    while let line = readLine() {
      let words = line.split(separator: " ")
      guard words.count == 2, words[0] == "run", let count = Int(words[1]), count > 0 else { return }
      try say(["milliseconds": try time(subject, runs: count), "resident_bytes": ResidentMemory.bytes])
    }
  }
}

extension Double {
  fileprivate func formatted(_ places: Int) -> String { String(format: "%.\(places)f", self) }
}
