internal import Base
internal import Glibc
internal import Images

/// The pictures that one thread attacks together: where they may go, what the objective is there, and the best that was
/// found of each.
///
/// Networks only ever see pixels rounded to whole numbers, and gradients pass through the rounding as if it were not there:
/// so every picture that was looked at is one that a PNG file can hold, and the best of them is the result.
final class GradientBatch {
  let goals: [AttackGoal]
  /// Their places among all goals, which decide what is drawn for each.
  let places: Range<Int>
  let settings: GradientSettings
  /// The number of values of one picture.
  let length: Int
  /// `[N, 3, height, width]`, 0…255.
  let original: [Float]
  private let worker: any DifferentiableWorker
  private let heads: [Int]
  private let size: (width: Int, height: Int)
  private var best: [Best?]
  private var isSated: [Bool]
  /// What the networks said last, unless a gradient was taken since.
  private var looked: (pixels: [Float], logits: [[Float]])?

  private struct Best {
    var pixels: [UInt8]
    var value: Double
    var isReached: Bool
  }

  /// What the objective is at some pictures.
  struct Assessment {
    /// For each picture.
    var values: [Double]
    /// For each picture, whether its goal is reached.
    var isReached: [Bool]
    /// By the pixels of all pictures, where it was asked for.
    var gradient: [Float] = []
  }

  init(
    _ goals: [AttackGoal], places: Range<Int>, _ settings: GradientSettings, _ model: any DifferentiableModel,
    _ worker: any DifferentiableWorker
  ) {
    (self.goals, self.places, self.settings, self.worker) = (goals, places, settings, worker)
    (heads, length, size) = (model.heads, model.length, (model.width, model.height))
    original = goals.flatMap(\.picture.planes)
    best = goals.map { _ in nil }
    isSated = goals.map { _ in false }
  }

  var count: Int { goals.count }
  /// The radius on the scale of pixels.
  var radius: Float { Float(settings.norm == .linf ? settings.radius : 255 * settings.radius) }
  /// The values of one picture.
  func values(_ picture: Int) -> Range<Int> { picture * length..<(picture + 1) * length }
  /// Whether a picture has reached its goal and need not go on, or has nothing left to gain.
  func isDone(_ picture: Int) -> Bool { isSated[picture] || settings.stopsEarly && best[picture]?.isReached == true }
  /// Whether all have.
  var isDone: Bool { (0..<count).allSatisfy(isDone) }
  /// What is drawn for one picture.
  func draw(_ picture: Int, _ start: Int) -> CounterGenerator {
    CounterGenerator(settings.seed, UInt64(places.lowerBound + picture), UInt64(start))
  }

  // MARK: What is asked of the networks

  /// Looks at pictures, keeps those that are the best so far, and takes the gradient if wanted.
  ///
  /// - Parameter keeps: whether a picture may become a result; only such whose place is within the budget may.
  func assess(
    _ pixels: [Float], _ objective: some AttackObjective, gradient: Bool = true, keeps: Bool = true
  ) throws -> Assessment {
    let rounded = whole(pixels)
    let logits =
      if let looked, looked.pixels == rounded { looked.logits } else { try worker.logits(of: rounded, count: count) }
    looked = gradient ? nil : (rounded, logits)
    var seeds = heads.map { [Float](repeating: 0, count: count * $0) }
    var isUsed = heads.map { _ in false }
    var assessment = Assessment(values: [], isReached: [])
    for picture in 0..<count {
      let rows = heads.indices.map { logits[$0][(picture * heads[$0])..<((picture + 1) * heads[$0])] }
      var own = [[Float]?](repeating: nil, count: heads.count)
      let value = objective.value(rows, goals[picture], seeds: &own)
      guard value.isFinite else { throw AttackError.notFinite(source: places.lowerBound + picture, step: 0) }
      let isReached = objective.isReached(rows, goals[picture])
      assessment.values.append(value)
      assessment.isReached.append(isReached)
      if keeps {
        keep(picture, rounded, value, isReached)
        if isReached, own.allSatisfy({ $0 == nil }) { isSated[picture] = true }
      }
      guard !isDone(picture) else { continue }
      for (head, seed) in own.enumerated() {
        guard let seed else { continue }
        isUsed[head] = true
        seeds[head].replaceSubrange((picture * heads[head])..<((picture + 1) * heads[head]), with: seed)
      }
    }
    if gradient, isUsed.contains(true) {
      assessment.gradient = try worker.gradient(heads.indices.map { isUsed[$0] ? seeds[$0] : nil })
    } else if gradient {
      assessment.gradient = [Float](repeating: 0, count: pixels.count)
    }
    return assessment
  }

  private func keep(_ picture: Int, _ rounded: [Float], _ value: Double, _ isReached: Bool) {
    if let known = best[picture], known.isReached && !isReached || known.isReached == isReached && known.value >= value
    {
      return
    }
    best[picture] = Best(pixels: rounded[values(picture)].map { UInt8($0) }, value: value, isReached: isReached)
  }

  /// Puts another result in a picture's place, for attacks that minimise the distance.
  func replace(_ picture: Int, with pixels: [Float], value: Double) {
    best[picture] = Best(pixels: whole(pixels)[values(picture)].map { UInt8($0) }, value: value, isReached: true)
  }

  /// The results.
  var results: [AttackedPicture] {
    best.map { best in
      let best = best!
      let planes = best.pixels.map(Float.init)
      return AttackedPicture(
        picture: planes.withUnsafeBufferPointer {
          Picture(planes: $0.baseAddress!, width: size.width, height: size.height)
        }, succeeds: best.isReached, objective: best.value)
    }
  }

  // MARK: Where pictures may go

  /// Moves each picture back into its ball and the range of pixels.
  func project(_ pixels: inout [Float]) {
    for picture in 0..<count {
      let values = values(picture)
      switch settings.norm {
      case .linf:
        for index in values {
          pixels[index] = min(max(pixels[index], original[index] - radius), original[index] + radius)
        }
      case .l2:
        let norm = norm(values) { pixels[$0] - self.original[$0] }
        guard norm > radius else { break }
        for index in values { pixels[index] = original[index] + (pixels[index] - original[index]) * radius / norm }
      }
      for index in values { pixels[index] = min(max(pixels[index], 0), 255) }
    }
  }

  /// Whole numbers within the budget.
  private func whole(_ pixels: [Float]) -> [Float] {
    var rounded = pixels.map { min(max($0.rounded(), 0), 255) }
    switch settings.norm {
    case .linf:
      // A radius that is no whole number is not to be rounded beyond.
      let radius = radius
      for index in rounded.indices where abs(rounded[index] - original[index]) > radius {
        rounded[index] = original[index] + (rounded[index] > original[index] ? radius : -radius).rounded(.towardZero)
      }
    case .l2:
      for picture in 0..<count {
        let values = values(picture)
        let within = WholePixels.withinL2(pixels[values], of: original[values], radius: radius)
        rounded.replaceSubrange(values, with: within)
      }
    }
    return rounded
  }

  /// A random place in each picture's ball: even over L∞'s; for L₂ a random direction, at an even distance.
  func scattered(_ start: Int) -> [Float] {
    var pixels = original
    for picture in 0..<count {
      let (values, draw) = (values(picture), draw(picture, start))
      for (place, index) in values.enumerated() { pixels[index] += radius * (2 * draw.uniform(UInt64(place)) - 1) }
      guard settings.norm == .l2 else { continue }
      let norm = norm(values) { pixels[$0] - self.original[$0] }
      let distance = radius * draw.uniform(UInt64(length))
      for index in values {
        pixels[index] = original[index] + (pixels[index] - original[index]) * distance / max(norm, 1e-9)
      }
    }
    project(&pixels)
    return pixels
  }

  /// The direction in which each picture's objective grows most, of length 1 in the norm: the sign, or the gradient over its
  /// norm.
  func steepest(_ gradient: [Float]) -> [Float] {
    switch settings.norm {
    case .linf: return gradient.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    case .l2:
      var direction = gradient
      for picture in 0..<count {
        let values = values(picture)
        let norm = norm(values) { gradient[$0] }
        for index in values { direction[index] /= max(norm, 1e-12) }
      }
      return direction
    }
  }

  /// The Euclidean norm of some values.
  func norm(_ values: Range<Int>, _ value: (Int) -> Float) -> Float {
    Float(values.reduce(0.0) { $0 + Double(value($1)) * Double(value($1)) }.squareRoot())
  }
}
