internal import Base
internal import Foundation
internal import Images

/// The walk of ``HopSkipJump`` for one picture. Places and distances in it are in pixel values.
struct BoundaryWalk {
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

  /// Halves the way to the original until rounding leaves nothing between: in L₂ along the straight line, in L∞ by drawing in
  /// what is farther away than a share of the largest difference.
  private mutating func nearest(_ place: [Float]) throws -> [Float] {
    var (near, far): (Float, Float) = (0, 1)
    let largest = zip(original, place).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    func between(_ share: Float) -> [Float] {
      switch attack.norm {
      case .l2: zip(original, place).map { $0 + share * ($1 - $0) }
      case .linf: zip(original, place).map { min(max($1, $0 - share * largest), $0 + share * largest) }
      }
    }
    while (far - near) * largest > 0.25, !isOver {
      let middle = (near + far) / 2
      if try ask([between(middle)])[0] { far = middle } else { near = middle }
    }
    return between(far)
  }

  /// In which direction there is more of what is wanted (their equation 16, with the mean taken off): a unit vector, or in L∞
  /// its signs.
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
    switch attack.norm {
    case .l2:
      let norm = max(sum.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-9)
      return sum.map { $0 / norm }
    case .linf: return sum.map { $0 == 0 ? 0 : $0 < 0 ? -1 : 1 }
    }
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
    switch attack.norm {
    case .l2: zip(place, original).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    case .linf: zip(place, original).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
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
      let pixels = Double(self.distance(picture.pixels.map(Float.init)))
      let distance = attack.norm == .l2 ? pixels / 255 : pixels
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
