import Evaluation
import Images
import TestSupport
import Testing

@Suite struct NoiseTests {
  private let picture: Picture

  init() {
    var pixels = [UInt8](repeating: 0, count: 16 * 12 * 3)
    for place in pixels.indices { pixels[place] = UInt8(place * 37 % 256) }
    picture = Picture(width: 16, height: 12, pixels: pixels)
  }

  @Test(arguments: HarmlessNoise.allCases) func `noise keeps the size, is the same again and changes something`(
    _ noise: HarmlessNoise
  ) throws {
    let noisy = try noise.applied(to: picture, seed: 3)
    #expect(noisy.width == 16 && noisy.height == 12 && noisy != picture)
    #expect(try noise.applied(to: picture, seed: 3) == noisy)
  }

  @Test func `brightness moves values by thirty, and keeps them in range`() throws {
    let grey = Picture(width: 1, height: 1, pixels: [100, 240, 10])
    #expect(try HarmlessNoise.brighter.applied(to: grey, seed: 1).pixels == [130, 255, 40])
    #expect(try HarmlessNoise.darker.applied(to: grey, seed: 1).pixels == [70, 210, 0])
  }

  @Test func `Gaussian noise has the deviation that it says`() throws {
    let grey = Picture(width: 64, height: 64, pixels: [UInt8](repeating: 128, count: 64 * 64 * 3))
    let noisy = try HarmlessNoise.gaussian.applied(to: grey, seed: 5)
    let changes = noisy.pixels.map { Double($0) - 128 }
    let mean = changes.reduce(0, +) / Double(changes.count)
    let deviation = (changes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(changes.count)).squareRoot()
    #expect(abs(mean) < 0.3 && abs(deviation - 8) < 0.2, "\(mean) \(deviation)")
    #expect(try HarmlessNoise.gaussian.applied(to: grey, seed: 6) != noisy)
  }

  @Test func `a blur spreads a point as SciPy's gaussian_filter does`() throws {
    var pixels = [UInt8](repeating: 0, count: 9 * 9 * 3)
    for channel in 0..<3 { pixels[3 * (4 * 9 + 4) + channel] = 255 }
    let blurred = try HarmlessNoise.blur.applied(to: Picture(width: 9, height: 9, pixels: pixels), seed: 1)
    // scipy.ndimage.gaussian_filter(point, 1, truncate=3, mode="nearest"), the middle row, rounded.
    let row = (0..<9).map { blurred.pixels[3 * (4 * 9 + $0)] }
    #expect(row == [0, 0, 5, 25, 41, 25, 5, 0, 0], "\(row)")
  }
}
