import TestSupport
import Testing

@testable import NeuralNet

@Suite struct FeatureDistanceTests {
  private let distance = FeatureDistance(value: "block1", least: 1.5, weight: 3, rampSteps: 4)

  private func evaluate(
    _ features: [Float], _ reference: [Float], rows: Int, batch: Int? = nil
  ) -> (loss: Double, gradient: [Float]) {
    var gradient = [Float](repeating: .nan, count: features.count)
    let loss = features.withUnsafeBufferPointer { features in
      reference.withUnsafeBufferPointer { reference in
        gradient.withUnsafeMutableBufferPointer {
          distance.evaluate(
            features, reference: reference, rows: rows, least: 1.5, batch: batch ?? rows, gradient: $0.baseAddress!)
        }
      }
    }
    return (loss, gradient)
  }

  @Test func `the term is the squared distance that is missing, as a share of the reference's norm`() {
    // From [3, 4], norm 5: 1 away from it, a share of 0.2; then 10 away, which is enough; then not at all away.
    let found = evaluate([3, 5, 13, 4, 3, 4], [3, 4, 3, 4, 3, 4], rows: 3)
    #expect(abs(found.loss - 3 * (1.3 * 1.3 + 1.5 * 1.5)) < 1e-6)
    #expect(found.gradient[0] == 0 && abs(found.gradient[1] + 2 * 3 * 1.3 / 5 / 3) < 1e-6)
    #expect(found.gradient[2...] == [0, 0, 0, 0])
    // Features of zero have no norm to take a share of.
    #expect(evaluate([1, 1], [0, 0], rows: 1).loss == 0)
  }

  @Test func `its gradient is that of central differences`() {
    var random = SeededGenerator(seed: 3)
    let reference = (0..<24).map { _ in Float.random(in: 0...1, using: &random) }
    let features = reference.map { $0 + Float.random(in: -0.5...0.5, using: &random) }
    let gradient = evaluate(features, reference, rows: 3, batch: 5).gradient
    for index in features.indices {
      var (lower, upper) = (features, features)
      lower[index] -= 1e-2
      upper[index] += 1e-2
      let slope =
        (evaluate(upper, reference, rows: 3).loss - evaluate(lower, reference, rows: 3).loss)
        / Double(upper[index] - lower[index]) / 5
      #expect(abs(slope - Double(gradient[index])) < 1e-3, "\(index)")
      #expect(abs(gradient[index]) > 1e-3 || abs(features[index] - reference[index]) < 0.1)
    }
  }

  @Test func `the distance grows with the steps to what is asked for`() {
    #expect((0..<6).map(distance.least) == [0.375, 0.75, 1.125, 1.5, 1.5, 1.5])
    #expect(FeatureDistance(value: "x", least: 2, weight: 1, rampSteps: 0).least(at: 0) == 2)
  }

  /// The change of each weight by one step of plain gradient descent with a rate of 1 is the gradient.
  @Test(arguments: [1, 2]) func `a trainer's gradient has the term in it, on any number of threads`(
    _ threads: Int
  ) throws {
    let start = try moved(TinyNetwork.graph(classes: 3))
    let images = images(6)
    let labels = [0, 1, 2, 0, 1, 2]
    let plain = try step(start, images, labels, threads: threads, distance: nil)
    let distant = try step(
      start, images, labels, threads: threads,
      distance: FeatureDistance(value: "block1", least: 2, weight: 5, rampSteps: 0))
    // The same by hand: the features' own gradient, carried back in the same parts as the threads have.
    let reference = try InferenceWorker(InferencePlan(start.trimmed(to: ["block1"]))).run(images)[0]
    let plan = try GradientPlan(start, outputs: ["block1"], parameters: Set(start.trainableParameters))
    let worker = try GradientWorker(plan)
    var (loss, carried) = (0.0, [String: [Float]]())
    let size = 6 / threads
    for part in 0..<threads {
      let features = try worker.forward(["image": images.rows(part * size, size)])[0]
      let known = reference.rows(part * size, size)
      var gradient = features
      let distance = FeatureDistance(value: "block1", least: 2, weight: 5, rampSteps: 0)
      loss += features.scalars.withUnsafeBufferPointer { features in
        known.scalars.withUnsafeBufferPointer { known in
          gradient.withUnsafeMutableScalars {
            distance.evaluate(
              features, reference: known, rows: size, least: 2, batch: 6, gradient: $0.baseAddress!)
          }
        }
      }
      for (name, tensor) in try worker.backward(["block1": gradient]).parameters {
        carried[name] = zip(carried[name] ?? [Float](repeating: 0, count: tensor.count), tensor.scalars).map { $0 + $1 }
      }
    }
    #expect(loss > 0 && abs(distant.loss - plain.loss - loss / 6) < 1e-4)
    for name in ["w1", "w3", "scale2", "w4", "weight"] {
      let (before, after) = (plain.graph.parameters[name]!.scalars, distant.graph.parameters[name]!.scalars)
      let expected = carried[name]!
      #expect((expected.map(abs).max()! > 1e-3) == ["w1", "w3", "scale2"].contains(name), "\(name)")
      for index in before.indices {
        #expect(abs(before[index] - after[index] - expected[index]) < 2e-4, "\(name) \(index)")
      }
    }
  }

  @Test func `training moves the features as far as is asked, and less far without`() throws {
    let start = TinyNetwork.graph(classes: 3)
    let images = images(12)
    let labels = (0..<12).map { $0 % 3 }
    func share(_ distance: FeatureDistance?) throws -> Double {
      var settings = TrainingSettings(optimizer: .adamW(weightDecay: 0), schedule: .constant(5e-3))
      settings.distance = distance
      let trainer = try Trainer(start, settings: settings)
      for _ in 0..<60 { try trainer.step(images: images, labels: labels) }
      let features = try [start, trainer.graph].map {
        try InferenceWorker(InferencePlan($0.trimmed(to: ["block1"]))).run(images)[0].scalars
      }
      func norm(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1 * $1) }.squareRoot() }
      return norm(zip(features[0], features[1]).map(-)) / norm(features[0])
    }
    let (without, with) = (
      try share(nil), try share(FeatureDistance(value: "block1", least: 2, weight: 8, rampSteps: 30))
    )
    #expect(with > 1.6 && without < 0.8 * with, "\(without) \(with)")
  }

  @Test func `a distance that cannot be is refused`() {
    func trainer(_ distance: FeatureDistance) throws {
      var settings = TrainingSettings(optimizer: .sgd(), schedule: .constant(1))
      settings.distance = distance
      _ = try Trainer(TinyNetwork.graph(), settings: settings)
    }
    for distance in [(0.0, 1.0, 1), (.infinity, 1, 1), (1, 0, 1), (1, -1, 1), (1, 1, -1)] {
      #expect(throws: TrainingError.self) {
        try trainer(FeatureDistance(value: "block1", least: distance.0, weight: distance.1, rampSteps: distance.2))
      }
    }
    #expect(throws: GraphError.self) {
      try trainer(FeatureDistance(value: "nothing", least: 1, weight: 1, rampSteps: 0))
    }
    #expect(throws: TrainingError.setting("a feature distance at the logits 'logits'; name a value before them")) {
      try trainer(FeatureDistance(value: "logits", least: 1, weight: 1, rampSteps: 0))
    }
  }

  private func images(_ count: Int) -> Tensor {
    var random = SeededGenerator(seed: 5)
    let shape = [count, 3, 16, 16]
    return Tensor(shape: shape, scalars: (0..<shape.product).map { _ in Float.random(in: -1...1, using: &random) })
  }

  /// Running statistics that are not the batch's, so that features differ from the reference in the first step.
  private func moved(_ graph: Graph) throws -> Graph {
    var graph = graph
    for number in 1...4 {
      graph.parameters["variance\(number)"] = Tensor(shape: graph.parameters["variance\(number)"]!.shape, repeating: 2)
    }
    return graph
  }

  private func step(
    _ graph: Graph, _ images: Tensor, _ labels: [Int], threads: Int, distance: FeatureDistance?
  ) throws -> (graph: Graph, loss: Double) {
    var settings = TrainingSettings(optimizer: .sgd(), schedule: .constant(1))
    (settings.distance, settings.threads) = (distance, threads)
    let trainer = try Trainer(graph, settings: settings)
    let loss = try trainer.step(images: images, labels: labels).loss
    return (trainer.graph, loss)
  }
}

extension Tensor {
  /// Some of the first axis.
  fileprivate func rows(_ start: Int, _ count: Int) -> Tensor {
    let length = self.count / shape[0]
    return Tensor(
      shape: [count] + shape.dropFirst(), scalars: Array(scalars[(start * length)..<((start + count) * length)]))
  }
}
