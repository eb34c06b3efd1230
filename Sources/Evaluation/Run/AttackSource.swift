internal import Attacks
internal import Base
internal import Defence
public import Images

/// A picture that attacks begin with: one that the Student gets right.
public struct AttackSource: Sendable {
  /// Its place in the data.
  public let place: Int
  /// At the input's size.
  public let picture: Picture
  /// Its label, an index.
  public let label: Int
  /// Pictures of other labels to mimic, one of each of some labels; the first one's label is what targeted attacks want.
  public let targets: [AttackTarget]

  /// The label that targeted attacks want.
  public var targetLabel: Int { targets[0].label }
}

/// A picture whose features or label an attack wants.
public struct AttackTarget: Sendable {
  /// Its place in the data.
  public let place: Int
  /// At the input's size.
  public let picture: Picture
  /// Its label, an index.
  public let label: Int
}

extension AttackSource {
  /// Of how many labels a non-targeted attack tries to mimic a picture (Wang et al. 2018).
  private static let triedLabels = 5

  /// Draws sources, and targets for each.
  ///
  /// Where more are wanted than there are, pictures come again, with other targets.
  /// - Parameters:
  ///   - items: pictures at the input's size, with their labels.
  ///   - students: what the Student says of each.
  /// - Throws: ``DefenceError/data(_:)`` if the Student gets pictures of fewer than two labels right.
  static func draw(
    _ count: Int, from items: [TrainingData.Item], students: [Int], seed: UInt64
  ) throws -> [AttackSource] {
    let right = items.indices.filter { students[$0] == items[$0].label }
    let labels = right.map { items[$0].label }
    guard Set(labels).count > 1 else {
      throw DefenceError.data("the Student gets pictures of fewer than two labels right: there is nothing to attack")
    }
    let order = CounterGenerator(seed, 0x6d69_6d69).permutation(of: right.count)
    let places = (0..<count).map { right[order[$0 % order.count]] }
    let draws = try MimicryAim.drawTargets(
      for: places.map { items[$0].label }, among: labels, classes: min(triedLabels, Set(labels).count - 1), seed: seed)
    return zip(places, draws).map { place, draw in
      let targets = draw.map {
        AttackTarget(place: right[$0], picture: items[right[$0]].picture, label: labels[$0])
      }
      return AttackSource(place: place, picture: items[place].picture, label: items[place].label, targets: targets)
    }
  }
}
