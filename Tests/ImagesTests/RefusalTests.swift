import Glibc
import Images
import Testing

struct RefusalTests {
  private func failure(of bytes: [UInt8], limits: ImageLimits = .default) -> ImageError? {
    do {
      _ = try ImageDecoder.decode(bytes, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test func `no bytes are no picture`() {
    #expect(failure(of: []) == .empty)
  }

  @Test func `bytes of no known format are shown`() throws {
    #expect(failure(of: Array("some text that is long".utf8)) == .unknownFormat(firstBytes: Array("some tex".utf8)))
    let gif = try ImageFixtures.bytes("refused-other.gif")
    #expect(failure(of: gif) == .unknownFormat(firstBytes: Array(gif.prefix(8))))
    #expect(
      failure(of: [0x47, 0x09])?.description
        == "the picture starts with the bytes 47 09, which is not how a JPEG, PNG or WebP file starts")
  }

  @Test(arguments: [ImageFormat.jpeg, .png, .webp])
  func `a header of 50,000 a side is refused before memory is taken`(format: ImageFormat) throws {
    let ending = format == .jpeg ? "jpg" : format.rawValue
    let bytes = try ImageFixtures.bytes("refused-50000x50000.\(ending)")
    let before = peakKilobytes()
    #expect(failure(of: bytes) == .tooLarge(format, width: 50_000, height: 50_000, limits: .default))
    let many = ImageLimits(pixels: 2_499_999_999, side: 50_000)
    #expect(failure(of: bytes, limits: many) == .tooLarge(format, width: 50_000, height: 50_000, limits: many))
    // Its pixels would take 7.5 million kilobytes; other tests that run at the same time take some too.
    #expect(peakKilobytes() - before < 1_000_000)
    let header = try ImageDecoder.header(of: bytes)
    #expect((header.width, header.height) == (50_000, 50_000))
  }

  private func peakKilobytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
  }

  @Test(arguments: ["photo-turned.jpg", "filtered.png", "lossy.webp"])
  func `each limit is exact`(file: String) throws {
    let bytes = try ImageFixtures.bytes(file)
    let header = try ImageDecoder.header(of: bytes)
    let (width, height) = (header.width, header.height)
    let exact = ImageLimits(bytes: bytes.count, pixels: width * height, side: max(width, height))
    #expect(failure(of: bytes, limits: exact) == nil)
    var less = exact
    less.bytes -= 1
    #expect(failure(of: bytes, limits: less) == .tooManyBytes(count: bytes.count, limit: bytes.count - 1))
    less = exact
    less.pixels -= 1
    #expect(failure(of: bytes, limits: less) == .tooLarge(header.format, width: width, height: height, limits: less))
    less = exact
    less.side -= 1
    #expect(failure(of: bytes, limits: less) == .tooLarge(header.format, width: width, height: height, limits: less))
  }

  @Test(arguments: [("refused-animated.webp", ImageFormat.webp), ("refused-animated.png", .png)])
  func `an animation is refused`(file: String, format: ImageFormat) throws {
    #expect(failure(of: try ImageFixtures.bytes(file)) == .animated(format))
  }

  @Test(arguments: [
    ("refused-text.png", "reached chunk/cache limits"), ("refused-no-palette.png", "missing PLTE for indexed image"),
    ("refused-unknown-critical.png", "unknown critical chunk"), ("refused-short-pixels.png", "IDAT stream too short"),
  ])
  func `a PNG that is wrong is refused with libspng's reason`(file: String, reason: String) throws {
    #expect(failure(of: try ImageFixtures.bytes(file)) == .malformed(.png, reason: reason))
  }

  @Test func `a WebP of another size than its canvas is refused`() throws {
    let bytes = try ImageFixtures.bytes("refused-other-canvas.webp")
    #expect(failure(of: bytes) == .malformed(.webp, reason: "VP8_STATUS_BITSTREAM_ERROR"))
  }

  @Test func `a JPEG of more scans than its size allows is refused`() throws {
    let bytes = try ImageFixtures.bytes("refused-scans.jpg")
    // Sixteen scans at the limit of pixels.
    let limits = ImageLimits(pixels: 37 * 23)
    #expect(failure(of: bytes, limits: limits) == .tooManyScans(count: 610, limit: 16))
    guard case .malformed(.jpeg, _) = failure(of: bytes) else {
      Issue.record("600 scans of the same are decoded")
      return
    }
    #expect(failure(of: try ImageFixtures.bytes("progressive.jpg"), limits: limits) == nil)
  }

  @Test(arguments: [
    "444.jpg", "progressive.jpg", "cmyk.jpg", "filtered.png", "palette-8.png", "rgba-16-interlaced.png",
  ])
  func `a file cut off anywhere is no picture`(file: String) throws {
    let bytes = try ImageFixtures.bytes(file)
    for length in 1..<bytes.count where length % 7 == 0 || length > bytes.count - 40 {
      let error = try #require(failure(of: Array(bytes.prefix(length))), "\(length) bytes of \(bytes.count)")
      if length > 200 { #expect(error == .truncated(ImageFormat(sniffing: bytes)!), "\(length) bytes") }
    }
  }

  @Test(arguments: ["lossless.webp", "lossy.webp", "lossy-alpha.webp", "orientation-6.webp"])
  func `a WebP cut off anywhere is no picture`(file: String) throws {
    let bytes = try ImageFixtures.bytes(file)
    for length in 1..<bytes.count {
      let error = try #require(failure(of: Array(bytes.prefix(length))), "\(length) bytes of \(bytes.count)")
      if length >= 100 { #expect(error == .truncated(.webp), "\(length) bytes") }
    }
  }

  @Test(arguments: ImageFixtures.files.filter { $0.hasPrefix("orientation-") || $0.contains("x1") })
  func `every tenth of any file is no picture`(file: String) throws {
    let bytes = try ImageFixtures.bytes(file)
    for tenth in 0..<10 {
      #expect(failure(of: Array(bytes.prefix(bytes.count * tenth / 10))) != nil, "\(tenth) tenths")
    }
  }

  @Test func `a damaged byte in any chunk of a PNG is found`() throws {
    let bytes = try ImageFixtures.bytes("palette-8-transparent.png")
    let chunks = try ["PLTE", "tRNS", "IDAT"].map { type in
      try #require(bytes.indices.first { bytes[$0...].starts(with: type.utf8) })
    }
    for start in chunks {
      var damaged = bytes
      damaged[start + 6] ^= 1
      #expect(failure(of: damaged) == .malformed(.png, reason: "invalid chunk checksum"))
    }
  }

  @Test func `JPEG data that libjpeg only warns of is refused`() throws {
    var bytes = try ImageFixtures.bytes("restarts.jpg")
    let restart = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xff, 0xd1]) })
    bytes[restart + 1] = 0xd5
    guard case .malformed(.jpeg, let reason) = failure(of: bytes) else {
      Issue.record("a wrong restart marker passes")
      return
    }
    #expect(reason.hasPrefix("Corrupt JPEG data"))
  }
}
