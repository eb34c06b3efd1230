internal import NeuralNet

/// Prepares batches on a thread of its own while the network is trained on others: changed pictures, and targets that
/// may hold the Student's answers to them.
final class BatchAssembly {
  /// What one step is trained on.
  struct Batch: Sendable {
    /// [N,3,height,width]
    let images: Tensor
    /// [N, outputs], distributions.
    let targets: Tensor
  }

  private let thread = ComputeThread()
  private let loader: BatchLoader
  private let guide: Guide?

  /// The Student, as a differentiator's teacher.
  ///
  /// Sendable unchecked: the worker is only used on the assembly's thread.
  private final class Guide: @unchecked Sendable {
    let worker: NetworkWorker
    init(_ student: Graph, _ input: InputFormat) throws {
      worker = try NetworkWorker(try InferencePlan(student), input: input)
    }
  }

  /// - Parameter student: whose answers are a part of the targets, as large as the recipe says; none if nil.
  init(_ loader: BatchLoader, student: Graph?) throws {
    self.loader = loader
    guide = try student.flatMap { loader.recipe.distillation > 0 ? try Guide($0, loader.format) : nil }
  }

  /// Begins to prepare the batch of a step.
  func prepare(_ step: Int) -> ComputeJob<Batch> {
    thread.submit { [loader, guide] in
      let (images, outputs) = loader.batch(at: step)
      var targets = loader.targets(outputs)
      if let guide {
        let answers = try guide.worker.probabilities(of: images)
        Self.blend(answers, into: &targets, share: Float(loader.recipe.distillation), loader.scope)
      }
      return Batch(images: images, targets: targets)
    }
  }

  /// Mixes the Student's answers with targets; labels outside of the scope are added up as `other`.
  private static func blend(_ answers: [[Double]], into targets: inout Tensor, share: Float, _ scope: Scope) {
    let outputs = scope.outputs
    let places = answers.first?.indices.map { scope.output(for: $0) } ?? []
    targets.withUnsafeMutableScalars { scalars in
      for index in scalars.indices { scalars[index] *= 1 - share }
      for (row, answer) in answers.enumerated() {
        for (probability, output) in zip(answer, places) {
          if let output { scalars[row * outputs + output] += share * Float(probability) }
        }
      }
    }
  }
}
