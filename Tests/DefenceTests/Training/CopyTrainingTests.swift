@testable import Defence
import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite struct CopyTrainingTests {
  private let bundle: ModelBundle
  private let folder: TemporaryFolder
  private struct Interruption: Error {}

  init() throws {
    bundle = try TinyBundle().bundle()
    folder = try TemporaryFolder()
  }

  private func copy(
    _ seed: UInt64 = 5, distance: CopyTraining.Distance? = nil, progress: (Double) throws -> Void = { _ in }
  ) throws -> Graph {
    try CopyTraining(of: bundle, data: TinyBundle.data, threads: 1).copy(
      "copy", recipe: TinyBundle.plan.differentiator, seed: seed, distance: distance, in: folder.url.path,
      progress: progress)
  }

  @Test func `a copy has all channels of the Student, each weight trained, and is trained once`() throws {
    var shares: [Double] = []
    let graph = try copy { shares.append($0) }
    #expect(graph.parameters.mapValues(\.shape) == bundle.student.parameters.mapValues(\.shape))
    for name in bundle.student.trainableParameters {
      #expect(graph.parameters[name] != bundle.student.parameters[name], "\(name)")
    }
    #expect(shares == shares.sorted() && shares.last == 1 && shares.count == 24)
    #expect(try copy { _ in throw Interruption() } == graph)
  }

  @Test func `another seed and a distance make other copies`() throws {
    let graph = try copy()
    #expect(try copy(6) != graph)
    let distant = try copy(distance: .init(least: 1, weight: 8, ramp: 0.5))
    let images = TinyBundle.items(4, seed: 3).map(\.picture)
    let planes = TinyBundle.input.tensor(images)
    func features(_ graph: Graph) throws -> [Float] {
      try InferenceWorker(InferencePlan(graph, outputs: [bundle.manifest.student.cut])).run(planes)[0].scalars
    }
    func norm(_ values: [Float]) -> Float { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let start = try features(bundle.student)
    let shares = try [graph, distant].map { norm(zip(try features($0), start).map(-)) / norm(start) }
    #expect(shares[1] > 0.8 && shares[0] < shares[1], "\(shares)")
  }

  @Test func `an interruption leaves no copy, and pictures with other labels are refused`() throws {
    #expect(throws: Interruption.self) { try copy { if $0 > 0.4 { throw Interruption() } } }
    var steps = 0
    _ = try copy { _ in steps += 1 }
    #expect(steps == 24)
    let other = TrainingData(
      source: "", labels: ["a", "b", "c"], training: TinyBundle.data.training, withheld: TinyBundle.data.withheld)
    #expect(throws: DefenceError.self) {
      try CopyTraining(of: bundle, data: other, threads: 1).copy(
        "copy", recipe: TinyBundle.plan.differentiator, seed: 1, in: folder.url.path
      ) { _ in }
    }
  }
}
