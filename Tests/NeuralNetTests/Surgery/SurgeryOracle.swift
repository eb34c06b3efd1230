import NeuralNet
import TestSupport
import Testing

/// Holds a pruned graph against the original with the removed channels set to zero.
struct SurgeryOracle {
  let coupling: ChannelCoupling
  let input: [String: [Int]]

  init(_ graph: Graph, _ input: [String: [Int]]) throws {
    coupling = try ChannelCoupling(graph, input: input)
    self.input = input
  }

  /// Checks every value of the pruned graph, not only its outputs: what is left of it equals the original's value at the
  /// kept channels, where the original has zeros at the removed ones, in every value that carries them.
  func expectEqual(
    _ pruned: Graph, without removed: Set<Int>, seed: UInt64 = 1, _ note: Comment? = nil,
    location: SourceLocation = #_sourceLocation
  ) throws {
    try pruned.validate()
    let shapes = try pruned.shapes(of: input)
    var random = SeededGenerator(seed: seed)
    let arrays = input.mapValues { shape in
      ReferenceArray(shape: shape, scalars: (0..<shape.product).map { _ in Double.random(in: -1...1, using: &random) })
    }
    var moved: [String] = []
    let original = ReferenceInterpreter(coupling.graph).values(for: arrays) { node, name, value in
      guard let axis = coupling.axis(of: name) else { return value }
      let zeroed = value.zeroing(axis.groups.map(removed.contains), axis: axis.axis)
      // What only moves its inputs must have its zeros from them: else the coupling has lost the channels' places.
      // (A constant beside them brings no zeros.)
      let isFollowed = node.inputs.allSatisfy { coupling.axis(of: $0) != nil }
      if node.operation.onlyMoves, isFollowed, zeroed != value { moved.append(name) }
      return zeroed
    }
    #expect(moved.isEmpty, note, sourceLocation: location)
    let results = ReferenceInterpreter(pruned).values(for: arrays)
    for name in pruned.nodes.flatMap(\.outputs) {
      guard let result = results[name], var expected = original[name] else {
        Issue.record("no value '\(name)'", sourceLocation: location)
        continue
      }
      #expect(result.shape == shapes[name], note, sourceLocation: location)
      if let axis = coupling.axis(of: name) {
        expected = expected.keeping(axis.groups.indices.filter { !removed.contains(axis.groups[$0]) }, axis: axis.axis)
      }
      let error = expected.relativeError(of: result)
      #expect(error < 1e-9, note ?? Comment(rawValue: name), sourceLocation: location)
      if error >= 1e-9 { return }
    }
  }

  /// Removes channels and checks the outcome.
  @discardableResult
  func expectRemoval(_ channels: [String: Set<Int>], location: SourceLocation = #_sourceLocation) throws -> Graph {
    let pruned = try coupling.removing(channels)
    try expectEqual(pruned, without: coupling.groups(of: channels), location: location)
    return pruned
  }

  /// The channels that go with one, as "layer:channel".
  func tied(to layer: String, _ channel: Int) throws -> Set<String> {
    Set(try coupling.group(of: layer, channel: channel).members.map { "\($0.layer):\($0.channel)" })
  }
}

extension ReferenceArray {
  fileprivate func zeroing(_ isRemoved: [Bool], axis: Int) -> ReferenceArray {
    let inner = shape[(axis + 1)...].product
    var result = self
    for place in scalars.indices where isRemoved[place / inner % shape[axis]] { result.scalars[place] = 0 }
    return result
  }
}

extension Operator {
  /// Whether each output value is one of the inputs' values.
  fileprivate var onlyMoves: Bool {
    switch self {
    case .concatenation, .split, .slice, .flatten, .reshape, .transpose, .squeeze, .unsqueeze, .identity, .dropout: true
    default: false
    }
  }
}
