internal import Base
internal import Images

/// Squares for L₂ (the paper's algorithm 3): each is a pair of peaks, one up and one down, and takes the distance that it costs
/// from another square, which is set back to the original; first of all a grid of them.
struct PeakedSquares: Squares {
  private let width: Int
  private let height: Int
  private let draw: CounterGenerator
  private let radius: Float
  /// `[3, height, width]`, 0…255.
  private let original: [Float]
  private var best: [Float]
  private var last: [Float]

  /// A square's place: its left upper corner and its side.
  private struct Window {
    var (x, y, side): (Int, Int, Int)

    /// Its values' places in a plane, row by row.
    func places(_ width: Int) -> [Int] {
      (0..<(side * side)).map { (y + $0 / side) * width + x + $0 % side }
    }
  }

  /// - Parameter radius: the largest Euclidean norm of all differences, of values 0…255.
  init(_ picture: Picture, draw: CounterGenerator, radius: Float) {
    (width, height, self.draw, self.radius) = (picture.width, picture.height, draw, radius)
    original = picture.planes
    (best, last) = (original, original)
  }

  mutating func candidate(_ round: Int, share: Double) -> Picture {
    let numbers = CounterGenerator(draw.bits(UInt64(round)))
    let moved = round == 0 ? grid(numbers) : exchanged(numbers, share: share)
    let norm = Self.norm(moved[...])
    let scale = norm > 0 ? radius / norm : 0
    last = zip(original, moved).map { min(max($0 + scale * $1, 0), 255) }
    let whole = WholePixels.withinL2(last[...], of: original[...], radius: radius)
    return whole.withUnsafeBufferPointer { Picture(planes: $0.baseAddress!, width: width, height: height) }
  }

  /// What was asked about was rounded; the search goes on from before that, or small changes would never add up.
  mutating func keep() { best = last }

  // MARK: Differences from the original

  /// Five squares to a side, each with a sign of its own in each colour.
  private func grid(_ numbers: CounterGenerator) -> [Float] {
    var moved = [Float](repeating: 0, count: original.count)
    let side = max(1, min(width, height) / 5)
    let (columns, rows) = (width / side, height / side)
    for tile in 0..<(columns * rows) {
      let x = (width - columns * side) / 2 + tile % columns * side
      let y = (height - rows * side) / 2 + tile / columns * side
      let peaks = Self.peaks(side, isTurned: numbers.bits(UInt64(8 * tile)) & 1 == 0)
      for channel in 0..<3 {
        let sign: Float = numbers.bits(UInt64(8 * tile + 1 + channel)) & 1 == 0 ? 1 : -1
        for (index, place) in Window(x: x, y: y, side: side).places(width).enumerated() {
          moved[channel * width * height + place] = sign * peaks[index]
        }
      }
    }
    return moved
  }

  /// The best one's differences with one square's in the place of another's.
  private func exchanged(_ numbers: CounterGenerator, share: Double) -> [Float] {
    let area = width * height
    // Odd, so that a square has a middle.
    let wanted = max(3, Int((share * Double(area)).squareRoot().rounded())) | 1
    let side = min(wanted, min(width, height))
    func window(_ number: UInt64) -> Window {
      Window(
        x: Int(numbers.bits(number) % UInt64(width - side + 1)),
        y: Int(numbers.bits(number + 1) % UInt64(height - side + 1)), side: side)
    }
    let (to, from) = (window(100).places(width), window(102).places(width))
    let either = Array(Set(to).union(from))
    var moved = zip(best, original).map { $0 - $1 }
    let whole = Self.norm(moved[...])
    let unused = max(radius * radius - whole * whole, 0) / 3
    let peaks = Self.peaks(side, isTurned: numbers.bits(104) & 1 == 0)
    func norm(_ places: [Int], _ channel: Int) -> Float {
      places.reduce(0) { $0 + moved[channel * area + $1] * moved[channel * area + $1] }.squareRoot()
    }
    let free = (0..<3).reduce(Float(0)) { $0 + norm(either, $1) * norm(either, $1) }
    for channel in 0..<3 {
      let start = channel * area
      let old = norm(to, channel)
      let sign: Float = numbers.bits(UInt64(105 + channel)) & 1 == 0 ? 1 : -1
      // The old direction stays a part of the new one.
      let fresh = zip(to, peaks).map { moved[start + $0] / (old + 1e-10) + sign * $1 }
      let length = Self.norm(fresh[...])
      let scale = length > 0 ? (unused + free).squareRoot() / length : 0
      for place in from { moved[start + place] = 0 }
      for (place, value) in zip(to, fresh) { moved[start + place] = scale * value }
    }
    return moved
  }

  // MARK: Peaks

  /// A square of norm 1: one half a peak up, the other one down, side by side or, turned, one above the other.
  static func peaks(_ side: Int, isTurned: Bool) -> [Float] {
    let above = side / 2
    let values = peak(above, side) + peak(side - above, side).map { -$0 }
    let length = norm(values[...])
    return (0..<(side * side)).map { place in
      let (row, column) = (place / side, place % side)
      return values[isTurned ? row * side + column : column * side + row] / length
    }
  }

  /// A rectangle of norm 1 that falls from its middle with the square of the distance, in steps.
  private static func peak(_ rows: Int, _ columns: Int) -> [Float] {
    guard rows > 0 else { return [] }
    var values = [Float](repeating: 0, count: rows * columns)
    for ring in 0..<(max(rows, columns) / 2 + 1) {
      let height = 1 / Float((ring + 1) * (ring + 1))
      for row in max(rows / 2 - ring, 0)..<min(rows / 2 + ring + 1, rows) {
        for column in max(columns / 2 - ring, 0)..<min(columns / 2 + ring + 1, columns) {
          values[row * columns + column] += height
        }
      }
    }
    let length = norm(values[...])
    return values.map { $0 / length }
  }

  private static func norm(_ values: ArraySlice<Float>) -> Float {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
