internal import Images
internal import NeuralNet

/// A Student and its ensemble, compiled and ready to be asked. Immutable; each thread asks with a ``DefenceWorker``.
public final class DefendedModel: Sendable {
  /// The labels of the Student's outputs, in order.
  public let labels: [String]
  /// How pictures become input.
  public let input: InputFormat
  let student: InferencePlan
  let differentiators: [(id: String, scope: Scope, plan: InferencePlan)]
  let selection: Selection

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

  /// The mean score of those that were asked; nil if none was.
  public var score: Double? { Calibration.aggregated(opinions.map(\.score)) }
}
