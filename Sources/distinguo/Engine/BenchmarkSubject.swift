import Foundation
import NeuralNet
import ONNX

/// Something that is run again and again and timed.
protocol BenchmarkSubject {
  var precision: Precision { get }
  func run() throws
}

/// One inference run of a plan on a fixed batch of noise.
final class InferenceSubject: BenchmarkSubject {
  private let worker: InferenceWorker
  private let input: Tensor
  var precision: Precision { worker.plan.precision }

  init(path: String, batch: Int, size: Extent?, precision: PrecisionChoice, threads: Int) throws {
    let graph = try ONNXFile.read(path: path)
    input = .noise(try graph.inputShape(batch: batch, size: size))
    worker = try InferenceWorker(try InferencePlan(graph, precision: precision), threads: threads)
    _ = try worker.run(input)
  }

  func run() throws { _ = try worker.run(input) }
}

/// One training step on a fixed batch of noise: SGD with momentum on all weights.
final class TrainingSubject: BenchmarkSubject {
  private let trainer: Trainer
  private let images: Tensor
  private let labels: [Int]
  let precision = Precision.float32

  init(path: String, batch: Int, size: Extent?, threads: Int) throws {
    let graph = try ONNXFile.read(path: path)
    images = .noise(try graph.inputShape(batch: batch, size: size))
    labels = (0..<batch).map { $0 % 10 }
    var settings = TrainingSettings(optimizer: .sgd(momentum: 0.9), schedule: .constant(0.01))
    settings.threads = threads
    trainer = try Trainer(graph, settings: settings)
    try run()
  }

  func run() throws { try trainer.step(images: images, labels: labels) }
}

extension Tensor {
  /// Values evenly spread over −1…1, the same for the same shape.
  static func noise(_ shape: [Int]) -> Tensor {
    // Knuth's multiplicative congruence (MMIX); any cheap noise will do.
    var state: UInt64 = 0x2545_f491_4f6c_dd1d
    return Tensor(
      shape: shape,
      scalars: (0..<shape.reduce(1, *)).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 23) - 1
      })
  }
}

/// How much memory of the process is in RAM, by Linux's account.
enum ResidentMemory {
  static var bytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = Int(text.split(separator: " ")[1])
    else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
