@testable import Defence
import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite struct FineTuningTests {
  private let folder: TemporaryFolder
  private struct Interruption: Error {}

  init() throws { folder = try TemporaryFolder() }

  private func tuning(epochs: Int = 4, threads: Int = 1, cut: String? = nil) -> FineTuning {
    var recipe = Recipe(epochs: epochs, rate: 1e-2, augmentation: .strong)
    recipe.batch = 10
    let loader = BatchLoader(
      ColoredPictures.labelled(10, seed: 1), scope: Scope(labels: [0, 1, 2], of: 3), format: TinyBundle.input,
      recipe: recipe, seed: 7)
    return FineTuning(graph: TinyNetwork.graph(classes: 3), cut: cut, loader: loader, threads: threads)
  }

  private func trained(
    _ tuning: FineTuning, _ name: String = "checkpoint", report: (FineTuning.Report) throws -> Void = { _ in }
  ) throws -> Graph { try tuning.run(checkpoint: folder.path(name), report: report) }

  @Test(arguments: [1, 2]) func `a training resumed from its checkpoint ends in the same bits`(_ threads: Int) throws {
    let whole = try trained(tuning(threads: threads))
    // What the interval of twenty seconds would have written after five steps.
    let tuning = tuning(threads: threads)
    var network = tuning.graph
    for (index, node) in network.nodes.enumerated() {
      if case .batchNormalization(var settings) = node.operation {
        settings.momentum = 0.9
        network.nodes[index].operation = .batchNormalization(settings)
      }
    }
    let trainer = try Trainer(
      network,
      settings: tuning.loader.recipe.settings(
        steps: tuning.loader.steps, seed: tuning.loader.seed, threads: threads, frozenUpTo: nil,
        format: TinyBundle.input))
    for step in 0..<5 {
      let (images, outputs) = tuning.loader.batch(at: step)
      _ = try trainer.step(images: images, labels: outputs)
    }
    try Data(trainer.checkpoint.bytes).write(to: folder.url.appending(path: "resumed"))
    var steps: [Int] = []
    let resumed = try trained(tuning, "resumed") { steps.append($0.step) }
    #expect(steps == Array(6...12))
    #expect(resumed == whole)
  }

  @Test func `each step is reported and what the report throws ends the training`() throws {
    var reports: [FineTuning.Report] = []
    #expect(throws: Interruption.self) {
      try trained(tuning()) { report in
        reports.append(report)
        if report.step == 7 { throw Interruption() }
      }
    }
    #expect(reports.map(\.step) == Array(1...7))
    #expect(reports.allSatisfy { $0.steps == 12 && $0.stepsPerEpoch == 3 && $0.imagesPerStep == 10 })
    #expect(reports.allSatisfy { $0.loss > 0 && (0...1).contains($0.accuracy) && $0.imagesPerSecond > 0 })
  }

  @Test func `up to the cut nothing changes and behind it everything does`() throws {
    let start = tuning().graph
    let graph = try trained(tuning(cut: "block1"))
    for name in ["w1", "w2", "w3", "scale1", "mean3", "variance3"] {
      #expect(graph.parameters[name] == start.parameters[name], "\(name)")
    }
    for name in ["w4", "scale4", "shift4", "mean4", "variance4", "weight", "bias"] {
      #expect(graph.parameters[name] != start.parameters[name], "\(name)")
    }
  }

  @Test func `a checkpoint that is damaged or another network's is named`() throws {
    let path = folder.path("damaged")
    try Data("no checkpoint at all".utf8).write(to: URL(filePath: path))
    #expect(
      throws: DefenceError.inaccessible(
        file: path, "not a checkpoint that fits: the bytes do not begin as one; remove it to train this network anew")
    ) { try trained(tuning(), "damaged") }
    let trainer = try Trainer(
      TinyNetwork.graph(classes: 4),
      settings: tuning().loader.recipe.settings(
        steps: 12, seed: 7, threads: 1, frozenUpTo: nil, format: TinyBundle.input))
    try Data(trainer.checkpoint.bytes).write(to: URL(filePath: path))
    let error = #expect(throws: DefenceError.self) { try trained(tuning(), "damaged") }
    #expect(error?.description.contains("it has other weights than are trained here") == true)
  }
}
