public import NeuralNet

/// A distilled copy of the Student: channels pruned by their activation, the rest fine-tuned (METHOD.md, "Words").
public struct Differentiator: Sendable {
  /// Such as `d01`.
  public let id: String
  /// What it tells apart.
  public let scope: Scope
  /// The share of channels that went.
  public let pruningRatio: Double
  /// How far the pixels of its training pictures were moved against it; 0 for not.
  public let adversarialRadius: Double
  /// What its training drew from.
  public let seed: UInt64
  /// Its network, ending in a logit for each of the scope's labels, and one for `other` where there is one.
  public let graph: Graph
}
