internal import Base
internal import Images

/// The Square attack (Andriushchenko et al. 2020), L∞: random search that changes one square at a time, by the whole radius up
/// or down in each colour, and keeps what comes nearer to the goal. It needs no gradient, only a number that climbs.
///
/// Deviation: pictures are whole pixel values at every question, since a server takes no others; a radius is a whole number.
public struct SquareAttack: Sendable {
  /// The largest difference of a value, 0…255.
  public var radius: Int
  /// How many questions may be asked for each picture, the first included.
  public var queries: Int
  /// The share of the picture that the first squares cover.
  public var share = 0.3
  /// What squares are drawn from.
  public var seed: UInt64 = 1

  /// The attack with the paper's first share for small pictures.
  public init(radius: Int, queries: Int) { (self.radius, self.queries) = (radius, queries) }

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
    var searches = goals.indices.map {
      SquareSearch(goals[$0], draw: CounterGenerator(seed, UInt64($0)), radius: radius)
    }
    let total = goals.count * queries
    for round in 0..<queries {
      let open = searches.indices.filter { !searches[$0].succeeds }
      guard !open.isEmpty else { break }
      let tried = open.map { searches[$0].candidate(round, share: share(round)) }
      let answers = try oracle.answers(to: tried, for: open.map { goals[$0] })
      for (index, (picture, answer)) in zip(open, zip(tried, answers)) {
        searches[index].consider(picture, answer, isFirst: round == 0)
      }
      try progress?(AttackProgress(steps: goals.count * (round + 1), total: total))
    }
    try progress?(AttackProgress(steps: total, total: total))
    return searches.map { QueriedPicture(picture: $0.best, succeeds: $0.succeeds, queries: $0.queries) }
  }

  private func validate() throws(AttackError) {
    guard (1...255).contains(radius) else { throw .setting("a radius of \(radius); it must be 1 to 255") }
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

/// The search for one picture.
private struct SquareSearch {
  private let goal: AttackGoal
  private let draw: CounterGenerator
  private let radius: Int
  private(set) var best: Picture
  private var value = -Double.infinity
  private(set) var succeeds = false
  private(set) var queries = 0

  init(_ goal: AttackGoal, draw: CounterGenerator, radius: Int) {
    (self.goal, self.draw, self.radius) = (goal, draw, radius)
    best = goal.picture
  }

  /// Takes an answer into account.
  mutating func consider(_ picture: Picture, _ answer: QueryAnswer, isFirst: Bool) {
    queries += 1
    guard isFirst || answer.succeeds || answer.value > value else { return }
    (best, value, succeeds) = (picture, answer.value, answer.succeeds)
  }

  /// The next picture to ask about: first stripes, then the best with one square changed.
  func candidate(_ round: Int, share: Double) -> Picture {
    let (width, height, original) = (goal.picture.width, goal.picture.height, goal.picture.pixels)
    let numbers = CounterGenerator(draw.bits(UInt64(round)))
    func sign(_ place: Int) -> Int { numbers.bits(UInt64(place)) & 1 == 0 ? radius : -radius }
    func moved(_ value: UInt8, by change: Int) -> UInt8 { UInt8(min(max(Int(value) + change, 0), 255)) }
    var pixels = best.pixels
    func set(_ columns: Range<Int>, _ rows: Range<Int>, _ change: (_ column: Int, _ channel: Int) -> Int) {
      for y in rows {
        for x in columns {
          for channel in 0..<3 {
            let place = 3 * (y * width + x) + channel
            pixels[place] = moved(original[place], by: change(x, channel))
          }
        }
      }
    }
    if round == 0 {
      set(0..<width, 0..<height) { column, channel in sign(3 * column + channel) }
    } else {
      let side = min(max(1, Int((share * Double(width * height)).squareRoot().rounded())), min(width, height))
      let (x, y) = (
        Int(numbers.bits(100) % UInt64(width - side + 1)), Int(numbers.bits(101) % UInt64(height - side + 1))
      )
      set(x..<(x + side), y..<(y + side)) { _, channel in sign(channel) }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }
}
