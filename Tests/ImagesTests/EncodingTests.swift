import Images
import TestSupport
import Testing

struct EncodingTests {
  private func noise(width: Int, height: Int) -> Picture {
    var generator = SeededGenerator(seed: 5)
    return Picture(
      width: width, height: height,
      pixels: (0..<(3 * width * height)).map { _ in .random(in: .min ... .max, using: &generator) })
  }

  @Test(arguments: [(1, 1), (37, 23), (1, 500), (500, 1), (64, 64)])
  func `a PNG is the same picture when it is read`(width: Int, height: Int) throws {
    let picture = noise(width: width, height: height)
    let bytes = try ImageEncoder.png(picture)
    #expect(ImageFormat(sniffing: bytes) == .png)
    #expect(try ImageDecoder.decode(bytes) == picture)
    let large = try ImageEncoder.png(picture, isCompressed: false)
    #expect(ImageFormat(sniffing: large) == .png && large.count > 3 * width * height)
    #expect(try ImageDecoder.decode(large) == picture)
  }

  @Test func `a JPEG is nearly the same picture, the nearer the better its quality`() throws {
    let picture = try ImageFixtures.resized.picture("source:scene")
    var last = Double.infinity
    for quality in [10, 50, 90, 100] {
      let bytes = try ImageEncoder.jpeg(picture, quality: quality)
      #expect(ImageFormat(sniffing: bytes) == .jpeg)
      let again = try ImageDecoder.decode(bytes)
      let squares = zip(again.pixels, picture.pixels).map { (Double($0) - Double($1)) * (Double($0) - Double($1)) }
      let error = squares.reduce(0, +) / Double(squares.count)
      #expect(error < last, "quality \(quality)")
      last = error
    }
    // What is left is the halved colour resolution, on a picture with hard coloured edges.
    #expect(last < 200)
  }

  @Test func `a picture that a JPEG cannot hold is refused`() {
    let picture = Picture(width: 65_501, height: 1, pixels: [UInt8](repeating: 0, count: 3 * 65_501))
    let error = #expect(throws: ImageError.self) { try ImageEncoder.jpeg(picture, quality: 90) }
    #expect(error == .unencodable(.jpeg, reason: "Maximum supported image dimension is 65500 pixels"))
  }
}
