internal import Base
internal import Images

/// The Square attack (Andriushchenko et al. 2020): random search that changes one square at a time and keeps what comes nearer
/// to the goal. It needs no gradient, only a number that climbs.
///
/// Deviations: pictures are whole pixel values at every question, since a server takes no others, so that an L∞ radius is a
/// whole number; for L₂ the first squares cover the same share as for L∞, where the paper takes 0.1, and a square has in each
/// colour the distance of all, as in AutoAttack's form (Croce and Hein 2020).
public struct SquareAttack: Sendable {
  /// What ``radius`` limits.
  public var norm = GradientSettings.Norm.linf
  /// The largest distance, in the norm's unit.
  public var radius: Double
  /// How many questions may be asked for each picture, the first included.
  public var queries: Int
  /// The share of the picture that the first squares cover.
  public var share = 0.3
  /// What squares are drawn from.
  public var seed: UInt64 = 1

  /// The attack with the paper's first share for small pictures.
  public init(radius: Double, queries: Int) { (self.radius, self.queries) = (radius, queries) }

  /// Attacks pictures, all of them with one question a round, until each has succeeded or asked all that it may.
  ///
  /// - Parameter progress: is told after each round; what it throws ends the attack.
  /// - Returns: one result for each, in order.
  /// - Throws: ``AttackError`` for settings out of range, and what the oracle throws.
  public func attack(
    _ oracle: any QueryOracle, _ goals: [AttackGoal],
    progress: (@Sendable (AttackProgress) throws -> Void)? = nil
  ) throws -> [QueriedPicture] {
    try validate()
    var searches = goals.indices.map { SquareSearch(goals[$0].picture, squares(goals[$0].picture, $0)) }
    let total = goals.count * queries
    for round in 0..<queries {
      let open = searches.indices.filter { !searches[$0].succeeds }
      guard !open.isEmpty else { break }
      let tried = open.map { searches[$0].squares.candidate(round, share: share(round)) }
      let answers = try oracle.answers(to: tried, for: open.map { goals[$0] })
      for (index, (picture, answer)) in zip(open, zip(tried, answers)) {
        searches[index].consider(picture, answer, isFirst: round == 0)
      }
      try progress?(AttackProgress(steps: goals.count * (round + 1), total: total))
    }
    try progress?(AttackProgress(steps: total, total: total))
    return searches.map { QueriedPicture(picture: $0.best, succeeds: $0.succeeds, queries: $0.queries) }
  }

  private func squares(_ picture: Picture, _ index: Int) -> any Squares {
    let draw = CounterGenerator(seed, UInt64(index))
    return switch norm {
    case .linf: EvenSquares(picture, draw: draw, radius: Int(radius))
    case .l2: PeakedSquares(picture, draw: draw, radius: Float(255 * radius))
    }
  }

  private func validate() throws(AttackError) {
    switch norm {
    case .linf:
      guard (1...255).contains(radius), radius == radius.rounded() else {
        throw .setting("a radius of \(radius.formatted); with Linf it must be a whole number of 1 to 255")
      }
    case .l2:
      guard radius > 0, radius <= 10_000 else {
        throw .setting("a radius of \(radius.formatted); with L2 it must be above 0 and at most 10,000")
      }
    }
    guard (1...10_000_000).contains(queries) else {
      throw .setting("\(queries) questions; there must be 1 to 10,000,000")
    }
    guard share > 0, share <= 1 else {
      throw .setting("first squares of a share of \(share); it must be above 0 and at most 1")
    }
  }

  /// The share that squares cover after some rounds: halved at the paper's places, as for 10,000 questions.
  func share(_ round: Int) -> Double {
    let place = Double(round) / Double(queries) * 10_000
    let halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000].count { place > $0 }
    return share / Double(1 << halvings)
  }
}

extension Double {
  /// Without a fraction that is none.
  fileprivate var formatted: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}

/// The search for one picture.
private struct SquareSearch {
  var squares: any Squares
  private(set) var best: Picture
  private var value = -Double.infinity
  private(set) var succeeds = false
  private(set) var queries = 0

  init(_ picture: Picture, _ squares: any Squares) { (best, self.squares) = (picture, squares) }

  /// Takes the answer about the last candidate into account.
  mutating func consider(_ picture: Picture, _ answer: QueryAnswer, isFirst: Bool) {
    queries += 1
    guard isFirst || answer.succeeds || answer.value > value else { return }
    (best, value, succeeds) = (picture, answer.value, answer.succeeds)
    squares.keep()
  }
}
