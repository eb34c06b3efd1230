internal import Base
internal import Images

/// Squares for L∞ (the paper's algorithm 2): by the whole radius up or down in each colour; first of all stripes.
struct EvenSquares: Squares {
  private let original: Picture
  private let draw: CounterGenerator
  private let radius: Int
  private var best: Picture
  private var last: Picture

  /// - Parameter radius: the largest difference of a value, 0…255.
  init(_ picture: Picture, draw: CounterGenerator, radius: Int) {
    (original, self.draw, self.radius) = (picture, draw, radius)
    (best, last) = (picture, picture)
  }

  mutating func candidate(_ round: Int, share: Double) -> Picture {
    let (width, height) = (original.width, original.height)
    let (radius, original) = (radius, original.pixels)
    let numbers = CounterGenerator(draw.bits(UInt64(round)))
    func sign(_ place: Int) -> Int { numbers.bits(UInt64(place)) & 1 == 0 ? radius : -radius }
    var pixels = best.pixels
    func set(_ columns: Range<Int>, _ rows: Range<Int>, _ change: (_ column: Int, _ channel: Int) -> Int) {
      for y in rows {
        for x in columns {
          for channel in 0..<3 {
            let place = 3 * (y * width + x) + channel
            pixels[place] = UInt8(min(max(Int(original[place]) + change(x, channel), 0), 255))
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
    last = Picture(width: width, height: height, pixels: pixels)
    return last
  }

  mutating func keep() { best = last }
}
