import Base
import Foundation
import Images
import NeuralNet
import Testing

@testable import Attacks

@Suite struct GradientAttackTests {
  private let fixture: AttackFixture

  init() throws { fixture = try AttackFixture() }

  /// The network as a Student with two differentiators, its own weights a little changed.
  private func defended() throws -> (model: NetworkModel, objective: DefenceObjective) {
    func changed(_ seed: Int) -> Graph {
      var graph = fixture.graph
      for (name, tensor) in graph.parameters where tensor.count > 100 {
        var place = seed
        let scalars = tensor.scalars.map { value -> Float in
          place = (place &* 48271) % 2_147_483_647
          return value * (1 + 0.6 * (Float(place) / 0x1p31 - 0.5))
        }
        graph.parameters[name] = Tensor(shape: tensor.shape, scalars: scalars)
      }
      return graph
    }
    let labels = (0..<10).map { Optional($0) }
    return (
      try NetworkModel([fixture.graph, changed(7), changed(11)], input: fixture.model.input),
      DefenceObjective(
        judges: [.init(outputs: labels), .init(outputs: labels)], thresholds: [Double](repeating: 0.6, count: 10))
    )
  }

  private func settings(_ radius: Double, steps: Int = 20) -> GradientSettings {
    var settings = GradientSettings(radius: radius)
    (settings.steps, settings.batchSize, settings.stopsEarly) = (steps, 20, false)
    return settings
  }

  @Test func `an attack on the whole defence is accepted more often than one on the Student alone`() throws {
    let (model, objective) = try defended()
    let goals = Array(fixture.goals().prefix(60))
    func accepted(_ pictures: [AttackedPicture]) throws -> Int {
      // A step of nothing: what the objective says of the pictures as they are.
      let shown = zip(goals, pictures).map { AttackGoal($1.picture, label: $0.label) }
      var look = ProjectedGradient.fastGradient(settings(0.001))
      look.settings.steps = 1
      return try look.attack(model, shown, maximising: objective).count { $0.succeeds }
    }
    let blind = try ProjectedGradient(settings(16)).attack(
      fixture.model, goals, maximising: CrossEntropyObjective())
    let joint = try AutoProjectedGradient(settings(16)).attack(model, goals, maximising: objective)
    let orthogonal = try OrthogonalProjectedGradient(settings(16), against: objective).attack(model, goals)
    #expect(try accepted(joint) == joint.count { $0.succeeds })
    #expect(try accepted(joint) > accepted(blind))
    // These differentiators' gradients are much like the Student's, so that little is left of what is orthogonal to it.
    #expect(try accepted(orthogonal) == orthogonal.count { $0.succeeds } && orthogonal.contains { $0.succeeds })
  }

  @Test func `a step spares what it is to spare`() {
    var sum: [Float] = [0, 0, 0, 0, 0]
    let (gradient, other): ([Float], [Float]) = ([9, 1, 2, 3, 9], [9, 2, -1, 0.5, 9])
    OrthogonalProjectedGradient.addOrthogonal(&sum, gradient, other, 1..<4)
    #expect(sum[0] == 0 && sum[4] == 0)
    #expect(abs(sum[1] * other[1] + sum[2] * other[2] + sum[3] * other[3]) < 1e-5)
    #expect(abs((gradient[1] - sum[1]) / other[1] - (gradient[2] - sum[2]) / other[2]) < 1e-5)
    OrthogonalProjectedGradient.addOrthogonal(&sum, [1, 1], [0, 0], 0..<2)
    #expect(sum[0] == 1)
  }

  @Test func `a search ends where there is nothing left to gain, and networks look once at each place`() throws {
    let (model, objective) = try defended()
    let goals = Array(fixture.goals().prefix(4))
    let counted = CountedModel(model)
    let told = LockBox(0)
    let found = try AutoProjectedGradient(settings(128, steps: 200)).attack(counted, goals, maximising: objective) {
      let steps = $0.steps
      told.withLock { $0 = steps }
    }
    // A margin of 3, and a mean score of threshold and reserve: no place has more.
    for one in found { #expect(one.succeeds && abs(one.objective - 3 - log(0.75)) < 1e-9) }
    #expect(counted.count < 100)
    #expect(told.withLock { $0 } == 800)
    // One look at the originals, two in each step, for two gradients, and one at the end.
    let steps = CountedModel(model)
    _ = try OrthogonalProjectedGradient(settings(1, steps: 5), against: objective).attack(steps, goals)
    #expect(steps.count == 12)
  }

  @Test func `success grows with the radius and ends at all`() throws {
    let (model, objective) = try defended()
    let goals = Array(fixture.goals().prefix(40))
    let rates = try [2.0, 8, 32, 128].map { radius in
      try AutoProjectedGradient(settings(radius, steps: 40)).attack(model, goals, maximising: objective)
        .count { $0.succeeds }
    }
    #expect(rates == rates.sorted() && rates[0] < 20 && rates[3] == 40, "\(rates)")
  }

  @Test func `the same attack makes the same pictures on any number of threads`() throws {
    let goals = Array(fixture.goals().prefix(30))
    var settings = settings(8, steps: 5)
    settings.batchSize = 7
    func made() throws -> [AttackedPicture] {
      try AutoProjectedGradient(settings).attack(fixture.model, goals, maximising: CrossEntropyObjective())
    }
    let first = try made()
    settings.threads = 3
    #expect(try made() == first)
    settings.seed = 2
    #expect(try made() != first)
  }

  @Test func `progress ends at all steps, and what it throws ends the attack`() throws {
    struct Stop: Error {}
    let goals = Array(fixture.goals().prefix(10))
    nonisolated(unsafe) var told: [AttackProgress] = []  // One thread at a time, and all have ended when it is read.
    var settings = GradientSettings(radius: 64)
    (settings.steps, settings.restarts, settings.batchSize) = (8, 2, 4)
    _ = try ProjectedGradient(settings).attack(fixture.model, goals, maximising: CrossEntropyObjective()) {
      told.append($0)
    }
    #expect(told.last?.steps == 160 && told.last?.total == 160)
    #expect(zip(told, told.dropFirst()).allSatisfy { $0.steps < $1.steps })
    #expect(throws: Stop.self) {
      try ProjectedGradient(settings).attack(fixture.model, goals, maximising: CrossEntropyObjective()) { _ in
        throw Stop()
      }
    }
  }

  @Test func `a picture that needs no change is left as it is`() throws {
    let goal = AttackGoal(fixture.pictures[0], label: (fixture.labels[0] + 1) % 10)
    let found = try ProjectedGradient(GradientSettings(radius: 8)).attack(
      fixture.model, [goal], maximising: CrossEntropyObjective())
    #expect(found[0].succeeds && found[0].picture == fixture.pictures[0])
    #expect(try TargetedRatioAttack(GradientSettings(radius: 8)).attack(fixture.model, [goal])[0].succeeds)
  }

  @Test func `no pictures are attacked without a result`() throws {
    #expect(
      try ProjectedGradient(GradientSettings(radius: 8)).attack(
        fixture.model, [], maximising: CrossEntropyObjective()
      ).isEmpty)
  }
}

/// A model that counts how often its networks look at pictures.
private struct CountedModel: DifferentiableModel {
  let model: any DifferentiableModel
  private let looks = LockBox(0)

  var count: Int { looks.withLock { $0 } }

  init(_ model: any DifferentiableModel) { self.model = model }

  var width: Int { model.width }
  var height: Int { model.height }
  var heads: [Int] { model.heads }
  func makeWorker() throws -> any DifferentiableWorker { Worker(worker: try model.makeWorker(), looks: looks) }

  private final class Worker: DifferentiableWorker {
    let worker: any DifferentiableWorker
    let looks: LockBox<Int>

    init(worker: any DifferentiableWorker, looks: LockBox<Int>) { (self.worker, self.looks) = (worker, looks) }

    func logits(of pixels: [Float], count: Int) throws -> [[Float]] {
      looks.withLock { $0 += 1 }
      return try worker.logits(of: pixels, count: count)
    }

    func gradient(_ seeds: [[Float]?]) throws -> [Float] { try worker.gradient(seeds) }
  }
}
