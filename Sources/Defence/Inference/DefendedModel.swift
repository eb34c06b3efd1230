internal import Images
public import NeuralNet

/// A Student and its ensemble, compiled and ready to be asked. Immutable; each thread asks with a ``DefenceWorker``.
public final class DefendedModel: Sendable {
  /// The labels of the Student's outputs, in order.
  public let labels: [String]
  /// How pictures become input.
  public let input: InputFormat
  /// In which numbers the networks compute.
  public var precision: Precision { student.precision }
  let student: InferencePlan
  let differentiators: [(id: String, scope: Scope, plan: InferencePlan)]
  let selection: Selection
  /// Whether every differentiator's scope is all labels, so that which ones are asked does not depend on the label.
  public let choiceIgnoresLabel: Bool

  /// Compiles the networks.
  ///
  /// - Parameters:
  ///   - asked: how many differentiators are asked about an image.
  ///   - key: what decides which.
  /// - Throws: ``GraphError`` for a network that is not sound.
  init(
    labels: [String], input: InputFormat, student: Graph, differentiators: [Differentiator], asked: Int,
    key: SelectionKey, precision: PrecisionChoice = .float32
  ) throws(GraphError) {
    self.labels = labels
    self.input = input
    self.student = try InferencePlan(student, precision: precision)
    var plans: [(id: String, scope: Scope, plan: InferencePlan)] = []
    for differentiator in differentiators {
      plans.append(
        (differentiator.id, differentiator.scope, try InferencePlan(differentiator.graph, precision: precision)))
    }
    self.differentiators = plans
    selection = Selection(key: key, count: asked)
    choiceIgnoresLabel = differentiators.allSatisfy { $0.scope.labels.count == labels.count }
  }

  /// The places of the differentiators that a picture is to meet, in the order of the selection.
  ///
  /// - Parameter label: the Student's; nil only where the choice ignores it.
  func chosen(for picture: Picture, labelled label: Int?) -> [Int] {
    let eligible = differentiators.indices.filter { place in
      label.map(differentiators[place].scope.holds) ?? true
    }
    let ids = selection.chosen(from: eligible.map { differentiators[$0].id }, for: picture)
    return ids.compactMap { id in differentiators.firstIndex { $0.id == id } }
  }

  /// Compiles the networks for so many pictures at once, on one thread, now instead of when they first come together.
  ///
  /// - Throws: ``OneDNNError`` if a primitive cannot be had.
  public func prepare(pictures count: Int) throws {
    for plan in [student] + differentiators.map(\.plan) {
      try plan.prepare([plan.inputs[0].name: [count, 3, input.height, input.width]])
    }
  }
}

/// What the networks say of an image, before anything is compared with a threshold.
public struct Judgement: Sendable, Hashable {
  /// The Student's label, as an index of the labels.
  public let studentLabel: Int
  /// The Student's probability for it.
  public let confidence: Double
  /// The differentiators that were asked, in the order of the selection.
  public let opinions: [Verdict.Opinion]

  /// The scores of those that were asked as one; nil if none was.
  public func score(_ aggregation: Aggregation) -> Double? { aggregation.score(of: opinions.map(\.score)) }

  /// What it would be if only so many differentiators had been asked.
  public func limited(to count: Int) -> Judgement {
    Judgement(studentLabel: studentLabel, confidence: confidence, opinions: Array(opinions.prefix(count)))
  }
}
