import Base
@testable import Defence
import Images
import NeuralNet
import TestSupport
import Testing

@Suite struct HearingTests {
  private let bundle: ModelBundle

  init() throws { bundle = try TinyBundle().bundle() }

  private let pictures = (0..<7).map { ColoredPictures.picture($0 % 3, seed: 400 + UInt64($0)) }

  /// A model of the bundle's networks, whose scopes are taken to be others.
  private func model(scopes: [[Int]] = [[0, 1, 2], [0, 1, 2], [0, 1, 2]]) throws -> DefendedModel {
    try DefendedModel(
      labels: bundle.manifest.labels, input: bundle.manifest.input, student: bundle.student,
      differentiators: zip(bundle.differentiators, scopes).map { one, labels in
        Differentiator(
          id: one.id, scope: Scope(labels: labels, of: 3), pruningRatio: one.pruningRatio,
          adversarialRadius: one.adversarialRadius, seed: one.seed, graph: one.graph)
      },
      asked: 2, key: SelectionKey(derivedFrom: "test"))
  }

  /// The judgements, by workers that take turns in an order drawn from a seed.
  private func judgements(_ model: DefendedModel, workers count: Int, seed: UInt64) throws -> [Judgement] {
    let workers = try (0..<count).map { _ in try DefenceWorker(model) }
    var random = SeededGenerator(seed: seed)
    let hearing = Hearing(pictures, before: model)
    while true {
      #expect(hearing.hasMore)
      if case .finished(let judgements) = hearing.advance(with: workers.randomElement(using: &random)!) {
        #expect(!hearing.hasMore)
        guard case .nothing = hearing.advance(with: workers[0]) else {
          Issue.record("it ended twice")
          return []
        }
        return try judgements.get()
      }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `workers that share the networks judge as one does`(seed: UInt64) throws {
    let model = try model()
    #expect(model.choiceIgnoresLabel)
    #expect(try judgements(model, workers: 3, seed: seed) == DefenceWorker(model).judge(pictures))
  }

  @Test func `where scopes leave labels out only those are asked whose scope holds the Student's`() throws {
    let scopes = [[0, 1], [1, 2], [0, 2]]
    let model = try model(scopes: scopes)
    #expect(!model.choiceIgnoresLabel)
    let judgements = try judgements(model, workers: 2, seed: 1)
    let labels = try DefenceWorker(model).labels(of: pictures).map(\.label)
    #expect(judgements.map(\.studentLabel) == labels && Set(labels) == [0, 1, 2])
    for judgement in judgements {
      let holding = bundle.differentiators.indices.filter { scopes[$0].contains(judgement.studentLabel) }
      #expect(Set(judgement.opinions.map(\.id)) == Set(holding.map { bundle.differentiators[$0].id }))
    }
  }

  @Test func `a network that nobody is to meet is not asked`() throws {
    let model = try model()
    let hearing = Hearing([pictures[0]], before: model)
    let worker = try DefenceWorker(model)
    var steps = 1
    while case .advanced = hearing.advance(with: worker) { steps += 1 }
    // The Student and two of three differentiators.
    #expect(steps == 3)
  }

  @Test func `threads that hear together end once, with the same judgements`() throws {
    let model = try model()
    let alone = try DefenceWorker(model).judge(pictures)
    for _ in 0..<20 {
      let hearing = Hearing(pictures, before: model)
      let ends = LockBox<[[Judgement]]>([])
      let jobs = (0..<4).map { _ in
        ComputeThread().submit {
          let worker = try DefenceWorker(model)
          while true {
            switch hearing.advance(with: worker) {
            case .nothing: return
            case .advanced: continue
            case .finished(let judgements):
              let judgements = try judgements.get()
              ends.withLock { $0.append(judgements) }
            }
          }
        }
      }
      for job in jobs { try job.wait() }
      #expect(ends.withLock { $0 } == [alone])
    }
  }

  @Test func `a network that fails ends it once, with its error`() throws {
    var student = bundle.student
    student.parameters["classifier.weight"] = Tensor(shape: [3, 24], repeating: 3e38)
    let model = try DefendedModel(
      labels: bundle.manifest.labels, input: bundle.manifest.input, student: student,
      differentiators: bundle.differentiators, asked: 2, key: SelectionKey(derivedFrom: "test"))
    let worker = try DefenceWorker(model)
    let hearing = Hearing(pictures, before: model)
    guard case .finished(let outcome) = hearing.advance(with: worker) else {
      Issue.record("it went on")
      return
    }
    let error = #expect(throws: DefenceError.self) { try outcome.get() }
    #expect(error == .network(name: "the Student", "it answers a picture with a number that is not finite"))
    #expect(!hearing.hasMore)
  }
}
