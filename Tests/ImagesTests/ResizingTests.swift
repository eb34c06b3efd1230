import Images
import NeuralNet
import Testing

struct ResizingTests {
  private static func cases(_ kind: String) -> [String] {
    ImageFixtures.resized.names.filter { $0.contains(":\(kind):") }
  }

  /// The picture that a case starts from, and the size it asks for.
  private func parts(of name: String) throws -> (source: Picture, width: Int, height: Int) {
    let parts = name.split(separator: ":")
    let size = parts[2].split(separator: "x").map { Int($0)! }
    return (try ImageFixtures.resized.picture("source:\(parts[0])"), size[0], size[1])
  }

  @Test(arguments: cases("resize"))
  func `resizing gives Pillow's pixels`(name: String) throws {
    let (source, width, height) = try parts(of: name)
    let resized = source.resized(width: width, height: height)
    #expect(resized.largestDifference(to: try ImageFixtures.resized.picture(name)) == 0)
    #expect(resized == source.fitted(width: width, height: height, mode: .squash))
  }

  @Test(arguments: cases("fit"))
  func `fitting and cropping gives the pixels of the documented lines of Python`(name: String) throws {
    let (source, width, height) = try parts(of: name)
    let fitted = source.fitted(width: width, height: height, mode: .fitAndCrop)
    #expect(fitted.largestDifference(to: try ImageFixtures.resized.picture(name)) == 0)
  }

  @Test func `the fixtures are there`() {
    #expect(Self.cases("resize").count >= 35)
    #expect(Self.cases("fit").count >= 16)
  }

  @Test func `a picture at its own size is the same picture`() throws {
    for name in ImageFixtures.resized.names where name.hasPrefix("source:") {
      let picture = try ImageFixtures.resized.picture(name)
      #expect(picture.resized(width: picture.width, height: picture.height) == picture)
      for mode in ResizeMode.allCases {
        #expect(picture.fitted(width: picture.width, height: picture.height, mode: mode) == picture)
      }
    }
  }

  @Test func `a crop takes the pixels around the centre`() {
    let picture = Picture(width: 5, height: 4, pixels: (0..<60).map { UInt8($0) })
    let part = picture.centerCropped(width: 2, height: 3)
    // Columns 1 and 2, rows 0 to 2.
    #expect(part.pixels == [3, 4, 5, 6, 7, 8, 18, 19, 20, 21, 22, 23, 33, 34, 35, 36, 37, 38])
    #expect(picture.centerCropped(width: 5, height: 4) == picture)
  }

  @Test func `the thinnest picture is fitted without making the whole`() {
    let picture = Picture(
      width: 1, height: 16_384, pixels: (0..<16_384).flatMap { [UInt8(truncatingIfNeeded: $0), 7, 9] })
    let fitted = picture.fitted(width: 4096, height: 1, mode: .fitAndCrop)
    // All of it at that width would have 67 million rows; the middle lies between rows 8191 (value 255) and 8192 (0).
    #expect((fitted.width, fitted.height) == (4096, 1))
    #expect(fitted.pixels[1] == 7 && fitted.pixels[2] == 9)
    #expect(abs(Int(fitted.pixels[0]) - 127) <= 1)
  }

  @Test func `the modes have the names that bundles use`() {
    #expect(ResizeMode.allCases.map(\.rawValue) == ["squash", "fit-and-crop"])
  }
}
