internal import Base

/// Which differentiators an ensemble has: their scopes, pruning ratios and seeds.
public struct EnsembleLayout: Sendable, Hashable {
  /// How classes are spread over the differentiators.
  public enum Scopes: Sendable, Hashable, Codable {
    /// Every differentiator tells all classes apart.
    case all
    /// Each tells one of these labels from all others.
    case oneVersusRest([Int])
    /// One for each pair of classes.
    case pairwise
    /// Groups of `size` classes, laid out so that each class is in as many of them as are asked.
    case groups(size: Int)
  }

  /// One differentiator to be.
  public struct Member: Sendable, Hashable {
    /// Such as `d01`.
    public let id: String
    /// What it tells apart.
    public let scope: Scope
    /// The share of channels that goes.
    public let pruningRatio: Double
    /// How far the pixels of its training pictures are moved against it; 0 for not.
    public let adversarialRadius: Double
    /// What its order of images, augmentation and choice of statistics are drawn from.
    public let seed: UInt64
  }

  /// In the order they are trained.
  public let members: [Member]

  /// The largest number that makes sense to train and keep.
  public static let largestCount = 256

  /// Lays out an ensemble.
  ///
  /// - Parameters:
  ///   - scopes: how classes are spread.
  ///   - classes: the Student's number of classes.
  ///   - count: how many differentiators: in all for `all`, for each label for `oneVersusRest`; not used otherwise.
  ///   - asked: how many are to be asked about each label: `groups` covers each class so often.
  ///   - ratios: pruning ratios, given out in turn.
  ///   - radii: how far the pixels of training pictures are moved against each differentiator, in pixel values and given
  ///     out in turn; 0 for not.
  /// - Throws: ``DefenceError/setting(_:)`` for numbers that make no ensemble.
  public init(
    _ scopes: Scopes, classes: Int, count: Int, asked: Int, ratios: [Double], radii: [Double] = [0], seed: UInt64
  ) throws(DefenceError) {
    guard !ratios.isEmpty else { throw .setting("there must be one pruning ratio at least") }
    for ratio in ratios where !(0..<1).contains(ratio) {
      throw .setting("a pruning ratio of \(ratio); it must be at least 0 and less than 1")
    }
    guard !radii.isEmpty else { throw .setting("there must be one adversarial radius at least; 0 for none") }
    for radius in radii where !(0...64).contains(radius) {
      throw .setting("an adversarial radius of \(radius); it must be 0 to 64 pixel values")
    }
    guard classes > 1 else { throw .setting("\(classes) classes; there must be two at least") }
    for (number, what) in [(count, "differentiators"), (asked, "differentiators asked")] {
      guard (1...Self.largestCount).contains(number) else {
        throw .setting("\(number) \(what); there must be 1 to \(Self.largestCount)")
      }
    }
    var all: [Scope] = []
    switch scopes {
    case .all:
      all = Array(repeating: Scope(labels: Array(0..<classes), of: classes), count: count)
    case .oneVersusRest(let labels):
      guard !labels.isEmpty else { throw .setting("one-vs-rest needs the labels to protect") }
      for label in labels where !(0..<classes).contains(label) {
        throw .setting("label \(label) to protect; there are \(classes), from 0")
      }
      guard Set(labels).count == labels.count else { throw .setting("the labels to protect must be different") }
      // No more than it takes to see that there are too many.
      for _ in 0..<count where all.count <= Self.largestCount {
        all += labels.map { Scope(labels: [$0], of: classes) }
      }
    case .pairwise:
      for first in 0..<classes {
        for second in (first + 1)..<classes { all.append(Scope(labels: [first, second], of: classes)) }
        if all.count > Self.largestCount { break }
      }
    case .groups(let size):
      guard (2..<max(3, classes)).contains(size) else {
        throw .setting("groups of \(size) of \(classes) classes; they must have 2 to \(max(2, classes - 1))")
      }
      for round in 0..<asked where all.count <= Self.largestCount { all += Self.groups(size, classes, round, seed) }
    }
    guard all.count <= Self.largestCount else {
      throw .setting("more than \(Self.largestCount) differentiators; choose fewer, or the scopes 'groups' or 'all'")
    }
    let digits = max(2, String(all.count).count)
    members = all.enumerated().map { index, scope in
      let number = String(index + 1)
      let id = "d" + String(repeating: "0", count: digits - number.count) + number
      let draw = CounterGenerator(seed, 0x656e_7365, UInt64(index)).bits(0) >> 11
      return Member(
        id: id, scope: scope, pruningRatio: ratios[index % ratios.count], adversarialRadius: radii[index % radii.count],
        seed: draw)
    }
  }

  /// In each round the shuffled classes are dealt out into groups; the last is filled up from the first.
  private static func groups(_ size: Int, _ classes: Int, _ round: Int, _ seed: UInt64) -> [Scope] {
    let order = CounterGenerator(seed, 0x6772_6f75, UInt64(round)).permutation(of: classes)
    return stride(from: 0, to: classes, by: size).map { start in
      Scope(labels: (0..<size).map { order[(start + $0) % classes] }, of: classes)
    }
  }
}
