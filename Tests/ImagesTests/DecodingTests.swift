import Images
import NeuralNet
import Testing

struct DecodingTests {
  /// Pillow brings its own libjpeg-turbo and libwebp, of other versions; the lossless formats leave no room.
  private static let jpegTolerance = 1

  static let pictures = ImageFixtures.files.filter { !$0.hasPrefix("refused-") }

  @Test(arguments: pictures)
  func `the pixels are Pillow's`(file: String) throws {
    let bytes = try ImageFixtures.bytes(file)
    let picture = try ImageDecoder.decode(bytes)
    let expected = try ImageFixtures.decoded.picture(file)
    let difference = try #require(picture.largestDifference(to: expected), "\(picture.width)×\(picture.height)")
    #expect(difference <= (ImageFormat(sniffing: bytes) == .jpeg ? Self.jpegTolerance : 0))
  }

  @Test(arguments: pictures)
  func `the header announces the picture`(file: String) throws {
    let header = try ImageDecoder.header(of: try ImageFixtures.bytes(file))
    let expected = try ImageFixtures.decoded.picture(file)
    #expect(header.width == expected.width)
    #expect(header.height == expected.height)
  }

  @Test func `every picture has an expectation and every expectation a picture`() {
    let expected = Set(ImageFixtures.decoded.names.filter { !$0.contains(":") })
    #expect(expected == Set(Self.pictures))
    #expect(expected.count > 90)
  }

  @Test(arguments: [
    ("png-inside.jpg", ImageFormat.png), ("jpeg-inside.png", .jpeg), ("webp-inside.png", .webp), ("420.jpg", .jpeg),
    ("rgb-8.png", .png), ("lossy.webp", .webp),
  ])
  func `the format is what the bytes are, whatever the name says`(file: String, format: ImageFormat) throws {
    #expect(try ImageDecoder.header(of: try ImageFixtures.bytes(file)).format == format)
  }

  @Test(arguments: ["jpg", "png", "webp"])
  func `each orientation shows the same corner at another place`(ending: String) throws {
    let upright = try ImageDecoder.decode(try ImageFixtures.bytes("orientation-1.\(ending)"))
    #expect(upright.width == 24 && upright.height == 16)
    for orientation in 2...8 {
      let turned = try ImageDecoder.decode(try ImageFixtures.bytes("orientation-\(orientation).\(ending)"))
      #expect((turned.width, turned.height) == (orientation < 5 ? (24, 16) : (16, 24)), "orientation \(orientation)")
    }
  }

  static let drafts = ImageFixtures.decoded.names.filter { $0.contains(":draft:") }

  @Test(arguments: drafts)
  func `a JPEG that is much too large is decoded smaller, as Pillow's draft does`(name: String) throws {
    let parts = name.split(separator: ":")
    // Pillow is asked for what must stay: twice the size that is needed.
    let size = parts[2].split(separator: "x").map { Int($0)! }
    let bytes = try ImageFixtures.bytes(String(parts[0]))
    let expected = try ImageFixtures.decoded.picture(name)
    let picture = try ImageDecoder.decode(bytes, atLeast: (size[0] / 2, size[1] / 2))
    #expect(try #require(picture.largestDifference(to: expected)) <= Self.jpegTolerance)
  }

  @Test func `a picture that is not twice as large as needed is decoded whole`() throws {
    let bytes = try ImageFixtures.bytes("photo.jpg")
    let whole = try ImageDecoder.decode(bytes)
    #expect((whole.width, whole.height) == (131, 97))
    #expect(try ImageDecoder.decode(bytes, atLeast: (33, 10)) == whole)
    #expect(try ImageDecoder.decode(bytes, atLeast: (10, 25)) == whole)
    #expect(try ImageDecoder.decode(bytes, atLeast: (.max, .max)) == whole)
    #expect(try ImageDecoder.decode(bytes, atLeast: (0, -1)) == whole)
    #expect(try ImageDecoder.decode(bytes, atLeast: (32, 24)).width == 66)
  }

  @Test func `only a JPEG is decoded smaller`() throws {
    let picture = try ImageDecoder.decode(try ImageFixtures.bytes("1x5000.png"), atLeast: (1, 1))
    #expect((picture.width, picture.height) == (1, 5000))
  }
}
