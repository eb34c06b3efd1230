internal import NeuralNet

/// Where a Student is cut: everything up to there is the Teacher's, frozen.
public enum Cut: Sendable, Hashable, Codable {
  /// The value of this name.
  case named(String)
  /// The value with about this share, in 0...1, of the layers (convolutions and products) before it.
  case share(Double)
  /// What the last layer, which tells the classes apart, reads: the whole trunk is frozen.
  case features

  /// The value's name in a network whose last layer reads `features`.
  ///
  /// - Throws: ``DefenceError/cut(_:reason:candidates:)`` if there is no such value, or something passes around it.
  func value(in graph: Graph, features: String) throws(DefenceError) -> String {
    let passages = graph.passages
    // What comes behind the features, logits and probabilities, leaves nothing to retrain.
    let end = passages.firstIndex { $0.value == features } ?? passages.count - 1
    let candidates = Array(passages.prefix(end + 1))
    switch self {
    case .features: return features
    case .share(let share):
      guard (0...1).contains(share) else {
        throw .cut("\(share)", reason: "is no share in 0...1", candidates: Self.examples(candidates.map(\.value)))
      }
      let total = Double(candidates.last?.layers ?? 0)
      // The last one of those that are equally near: a layer's activation rather than its convolution.
      let best = candidates.reversed().min {
        abs(Double($0.layers) - share * total) < abs(Double($1.layers) - share * total)
      }
      return best?.value ?? features
    case .named(let name):
      guard candidates.contains(where: { $0.value == name }) else {
        throw .cut(
          name, reason: reason(against: name, graph, passages.map(\.value)),
          candidates: Self.examples(candidates.map(\.value)))
      }
      return name
    }
  }

  /// Why a network cannot be cut at a value.
  private func reason(against name: String, _ graph: Graph, _ passages: [String]) -> String {
    if passages.contains(name) { return "leaves nothing behind it to retrain" }
    return graph.nodes.contains { $0.outputs.contains(name) }
      ? "does not have everything passing through it" : "is no value of the network, nor a share in 0...1"
  }

  /// Few enough to read, those with short names first: blocks rather than what is inside them.
  private static func examples(_ values: [String]) -> [String] {
    guard values.count > 24 else { return values }
    let kept = Set(
      values.enumerated().sorted { ($0.element.count, -$0.offset) < ($1.element.count, -$1.offset) }.prefix(24).map(
        \.element))
    return values.filter(kept.contains)
  }
}
