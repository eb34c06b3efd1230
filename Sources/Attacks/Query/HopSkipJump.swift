internal import Base
internal import Foundation
public import Images

/// HopSkipJump (Chen, Jordan and Wainwright 2020), L₂: from a picture that has what is wanted along the boundary towards the
/// original, by nothing but yes and no.
///
/// Each round goes to the boundary by halving, estimates its direction from random neighbours, and steps along it.
///
/// Deviations: pictures are whole pixel values at every question, so that neighbours are at least a pixel value away on the
/// mean and halving ends where rounding leaves nothing between; the nearest picture that was ever answered with yes is the
/// result.
public struct HopSkipJump: Sendable {
  /// How many questions may be asked for each picture.
  public var queries: Int
  /// How many rounds there are at most.
  public var rounds = 64
  /// How many neighbours the first round asks about; they grow with the square root of the round.
  public var neighbours = 50
  /// How many neighbours a round asks about at most.
  public var mostNeighbours = 1000
  /// The distance, on the scale 0…1, from which on a picture counts as near enough; 0 to go on with all questions.
  public var radius = 0.0
  /// What neighbours are drawn from.
  public var seed: UInt64 = 1

  /// The attack with so many questions.
  public init(queries: Int) { self.queries = queries }

  /// What the attack found.
  public struct Found: Sendable, Hashable {
    /// The nearest picture that has what is wanted; the original if none has.
    public let picture: Picture
    /// Whether it has.
    public let succeeds: Bool
    /// Its L₂ distance from the original, on the scale 0…1.
    public let distance: Double
    /// How many questions were asked until it was within ``HopSkipJump/radius``, or in all.
    public let queries: Int
  }

  /// Attacks pictures, one after the other.
  ///
  /// - Parameters:
  ///   - starts: for each goal pictures that may have what is wanted, such as genuine ones of other labels; noise is tried
  ///     after them.
  ///   - progress: is told after each picture; what it throws ends the attack.
  /// - Returns: one result for each, in order.
  /// - Throws: ``AttackError`` for settings out of range, and what the oracle throws.
  public func attack(
    _ oracle: any QueryOracle, _ goals: [AttackGoal], from starts: [[Picture]],
    progress: (@Sendable (AttackProgress) throws -> Void)? = nil
  ) throws -> [Found] {
    precondition(starts.count == goals.count, "starts for each goal")
    try validate()
    return try goals.indices.map { index in
      var walk = BoundaryWalk(self, oracle, goals[index], draw: CounterGenerator(seed, UInt64(index)))
      let found = try walk.run(from: starts[index])
      try progress?(AttackProgress(steps: (index + 1) * queries, total: goals.count * queries))
      return found
    }
  }

  private func validate() throws(AttackError) {
    guard (1...10_000_000).contains(queries) else {
      throw .setting("\(queries) questions; there must be 1 to 10,000,000")
    }
    guard (1...100_000).contains(rounds) else { throw .setting("\(rounds) rounds; there must be 1 to 100,000") }
    guard (2...100_000).contains(neighbours), mostNeighbours >= neighbours else {
      throw .setting(
        "\(neighbours) to \(mostNeighbours) neighbours; there must be 2 at least, and no more than at most")
    }
    guard radius >= 0 else { throw .setting("a radius of \(radius); it must be 0 at least") }
  }
}

/// The walk for one picture.
private struct BoundaryWalk {
  private let attack: HopSkipJump
  private let oracle: any QueryOracle
  private let goal: AttackGoal
  private let draw: CounterGenerator
  private let original: [Float]
  private var drawn: UInt64 = 0
  private var asked = 0
  private var best: (picture: Picture, distance: Double)?
  private var askedUntilNear: Int?

  init(_ attack: HopSkipJump, _ oracle: any QueryOracle, _ goal: AttackGoal, draw: CounterGenerator) {
    (self.attack, self.oracle, self.goal, self.draw) = (attack, oracle, goal, draw)
    original = goal.picture.pixels.map(Float.init)
  }

  private var isOver: Bool { asked >= attack.queries || askedUntilNear != nil }

  mutating func run(from starts: [Picture]) throws -> HopSkipJump.Found {
    if var place = try start(starts) {
      place = try nearest(place)
      for round in 1...attack.rounds where !isOver {
        let direction = try direction(at: place, round)
        guard let next = try jump(from: place, direction, round) else { continue }
        place = try nearest(next)
      }
    }
    return HopSkipJump.Found(
      picture: best?.picture ?? goal.picture, succeeds: best != nil, distance: best?.distance ?? 0,
      queries: askedUntilNear ?? asked)
  }

  /// A place that has what is wanted: the first of the starts that has, or noise.
  private mutating func start(_ starts: [Picture]) throws -> [Float]? {
    for start in starts where !isOver {
      if try ask([start.pixels.map(Float.init)])[0] { return start.pixels.map(Float.init) }
    }
    for _ in 0..<20 where !isOver {
      let noise = original.map { _ in 255 * uniform() }
      if try ask([noise])[0] { return noise }
    }
    return nil
  }

  /// Halves the way to the original until rounding leaves nothing between.
  private mutating func nearest(_ place: [Float]) throws -> [Float] {
    var (near, far): (Float, Float) = (0, 1)
    func between(_ share: Float) -> [Float] { zip(original, place).map { $0 + share * ($1 - $0) } }
    let largest = zip(original, place).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    while (far - near) * largest > 0.25, !isOver {
      let middle = (near + far) / 2
      if try ask([between(middle)])[0] { far = middle } else { near = middle }
    }
    return between(far)
  }

  /// In which direction there is more of what is wanted (their equation 16, with the mean taken off).
  private mutating func direction(at place: [Float], _ round: Int) throws -> [Float] {
    let wanted = min(Int(Double(attack.neighbours) * Double(round).squareRoot()), attack.mostNeighbours)
    let count = max(1, min(wanted, attack.queries - asked))
    // A hundredth of the distance, but not so little that rounding takes it away.
    let size = max(0.01 * distance(place), Float(place.count).squareRoot())
    let offsets = (0..<count).map { _ in
      let normal = place.map { _ in self.normal() }
      let norm = normal.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return normal.map { size * $0 / norm }
    }
    let answers = try ask(offsets.map { zip(place, $0).map(+) })
    let mean = answers.reduce(Float(0)) { $0 + ($1 ? 1 : -1) } / Float(count)
    var sum = [Float](repeating: 0, count: place.count)
    for (offset, answer) in zip(offsets, answers) {
      // Where all say the same, so does each of them.
      let weight = abs(mean) == 1 ? mean : (answer ? 1 : -1) - mean
      for index in sum.indices { sum[index] += weight * offset[index] }
    }
    let norm = max(sum.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-9)
    return sum.map { $0 / norm }
  }

  /// The longest step of a geometric progression that still has what is wanted; nil if none has.
  private mutating func jump(from place: [Float], _ direction: [Float], _ round: Int) throws -> [Float]? {
    var step = distance(place) / Float(round).squareRoot()
    while step > 0.5, !isOver {
      let next = zip(place, direction).map { min(max($0 + step * $1, 0), 255) }
      if try ask([next])[0] { return next }
      step /= 2
    }
    return nil
  }

  private func distance(_ place: [Float]) -> Float {
    zip(place, original).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  /// Asks whether places, rounded, have what is wanted, and keeps the nearest that has.
  private mutating func ask(_ places: [[Float]]) throws -> [Bool] {
    let (width, height) = (goal.picture.width, goal.picture.height)
    let pictures = places.map { place in
      Picture(width: width, height: height, pixels: place.map { UInt8(min(max($0.rounded(), 0), 255)) })
    }
    let answers = try oracle.answers(to: pictures, for: pictures.map { _ in goal })
    for (picture, answer) in zip(pictures, answers) {
      asked += 1
      guard answer.succeeds else { continue }
      let distance = Double(self.distance(picture.pixels.map(Float.init))) / 255
      guard distance < best?.distance ?? .infinity else { continue }
      best = (picture, distance)
      if distance <= attack.radius, askedUntilNear == nil { askedUntilNear = asked }
    }
    return answers.map(\.succeeds)
  }

  private mutating func uniform() -> Float {
    drawn += 1
    return draw.uniform(drawn)
  }

  /// A normally distributed number (Box and Muller 1958).
  private mutating func normal() -> Float {
    let radius = (-2 * log(max(uniform(), 0x1p-25))).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
