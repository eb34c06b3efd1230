import Compression
import Testing

@Suite struct InflaterTests {
  private static let text = Array("The same words, the same words, the same words.".utf8)
  private static let gzip: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x0B, 0xC9, 0x48, 0x55, 0x28, 0x4E, 0xCC,
    0x4D, 0x55, 0x28, 0xCF, 0x2F, 0x4A, 0x29, 0xD6, 0x51, 0x28, 0xC1, 0xCB, 0xD7, 0x03, 0x00, 0x7B, 0x28,
    0xEF, 0xE0, 0x2F, 0x00, 0x00, 0x00,
  ]
  private static let zlib: [UInt8] = [
    0x78, 0x9C, 0x0B, 0xC9, 0x48, 0x55, 0x28, 0x4E, 0xCC, 0x4D, 0x55, 0x28, 0xCF, 0x2F, 0x4A, 0x29, 0xD6,
    0x51, 0x28, 0xC1, 0xCB, 0xD7, 0x03, 0x00, 0x8E, 0xD0, 0x10, 0xA9,
  ]
  private static let raw: [UInt8] = [
    0x0B, 0xC9, 0x48, 0x55, 0x28, 0x4E, 0xCC, 0x4D, 0x55, 0x28, 0xCF, 0x2F, 0x4A, 0x29, 0xD6, 0x51, 0x28,
    0xC1, 0xCB, 0xD7, 0x03, 0x00,
  ]
  /// It wants a dictionary that nobody has.
  private static let withDictionary: [UInt8] = [
    0x78, 0xF9, 0x16, 0xC0, 0x04, 0x37, 0x0B, 0xC9, 0x48, 0x55, 0x28, 0x4E, 0xCC, 0x4D, 0x55, 0x28, 0xCF,
    0x2F, 0x4A, 0x29, 0xD6, 0x51, 0x28, 0xC1, 0xCB, 0xD7, 0x03, 0x00, 0x8E, 0xD0, 0x10, 0xA9,
  ]

  private static let formats: [(Inflater.Format, [UInt8])] = [(.gzip, gzip), (.zlib, zlib), (.deflate, raw)]

  @Test(arguments: formats)
  func `bytes come out however they come in`(_ format: Inflater.Format, _ compressed: [UInt8]) throws {
    for step in [1, 2, 7, compressed.count] {
      for room in [1, 5, Int.max] {
        let inflater = try Inflater(format, limit: room == 5 ? .max : 100)
        var output: [UInt8] = []
        for start in stride(from: 0, to: compressed.count, by: step) {
          #expect(!inflater.isFinished)
          var input = compressed[start..<min(start + step, compressed.count)]
          var before: Int
          repeat {
            before = output.count
            try inflater.inflate(&input, appendingTo: &output, upTo: room)
            #expect(output.count - before <= room)
          } while output.count > before
          #expect(input.isEmpty)
        }
        #expect(output == Self.text)
        #expect(inflater.isFinished)
        #expect(inflater.consumed == compressed.count)
        #expect(inflater.produced == Self.text.count)
        try inflater.finish()
      }
    }
  }

  @Test(arguments: formats)
  func `the limit is met exactly`(_ format: Inflater.Format, _ compressed: [UInt8]) throws {
    let count = Self.text.count
    let inflater = try Inflater(format, limit: count)
    var (input, output) = (compressed[...], [UInt8]())
    try inflater.inflate(&input, appendingTo: &output)
    #expect(output == Self.text)

    let strict = try Inflater(format, limit: count - 1)
    (input, output) = (compressed[...], [])
    #expect(throws: InflateError.tooLong(limit: count - 1)) { try strict.inflate(&input, appendingTo: &output) }
    #expect(output == [])
    var more: ArraySlice<UInt8> = [0]
    #expect(throws: InflateError.tooLong(limit: count - 1)) { try strict.inflate(&more, appendingTo: &output) }
    #expect(throws: InflateError.tooLong(limit: count - 1)) { try strict.finish() }
  }

  @Test(arguments: formats)
  func `what is cut off is not finished`(_ format: Inflater.Format, _ compressed: [UInt8]) throws {
    for count in 0..<compressed.count {
      let inflater = try Inflater(format, limit: 100)
      var (input, output) = (compressed[..<count], [UInt8]())
      try inflater.inflate(&input, appendingTo: &output)
      #expect(Self.text.starts(with: output))
      #expect(!inflater.isFinished)
      #expect(throws: InflateError.truncated) { try inflater.finish() }
    }
  }

  @Test func `members of a gzip file follow one another, and zero bytes them`() throws {
    let inflater = try Inflater(.gzip, limit: 1000)
    var output: [UInt8] = []
    for byte in Self.gzip + Self.gzip + [0, 0, 0] {
      var input: ArraySlice<UInt8> = [byte]
      try inflater.inflate(&input, appendingTo: &output)
    }
    #expect(output == Self.text + Self.text)
    try inflater.finish()
    var junk: ArraySlice<UInt8> = [1, 2, 3]
    #expect(throws: InflateError.malformed("incorrect header check")) {
      try inflater.inflate(&junk, appendingTo: &output)
    }
  }

  @Test func `where padding is not allowed, zero bytes after a gzip file are malformed`() throws {
    let inflater = try Inflater(.gzip, limit: 1000, allowsPadding: false)
    var (input, output) = ((Self.gzip + Self.gzip)[...], [UInt8]())
    try inflater.inflate(&input, appendingTo: &output)
    try inflater.finish()
    #expect(output == Self.text + Self.text)
    var padding: ArraySlice<UInt8> = [0, 0]
    #expect(throws: InflateError.malformed("incorrect header check")) {
      try inflater.inflate(&padding, appendingTo: &output)
    }
  }

  @Test(arguments: [(.zlib, zlib), (.deflate, raw)] as [(Inflater.Format, [UInt8])])
  func `nothing may follow the other formats`(_ format: Inflater.Format, _ compressed: [UInt8]) throws {
    let inflater = try Inflater(format, limit: 1000)
    var (input, output) = ((compressed + [0])[...], [UInt8]())
    #expect(throws: InflateError.trailing) { try inflater.inflate(&input, appendingTo: &output) }
  }

  @Test func `a preset dictionary is refused`() throws {
    let inflater = try Inflater(.zlib, limit: 1000)
    var (input, output) = (Self.withDictionary[...], [UInt8]())
    #expect(throws: InflateError.malformed("it needs a preset dictionary")) {
      try inflater.inflate(&input, appendingTo: &output)
    }
  }

  @Test(arguments: formats)
  func `a changed byte is malformed, or gives other bytes where nothing is checked`(
    _ format: Inflater.Format, _ compressed: [UInt8]
  ) throws {
    // RFC 1952's header has fields that mean nothing to the data: the time, the flags and the system.
    let meaningless = format == .gzip ? Set(4..<10) : []
    for index in compressed.indices where !meaningless.contains(index) {
      var (changed, output) = (compressed, [UInt8]())
      changed[index] ^= 0x55
      let inflater = try Inflater(format, limit: 1000)
      var input = changed[...]
      do {
        try inflater.inflate(&input, appendingTo: &output)
        try inflater.finish()
        #expect(format == .deflate && output != Self.text, "byte \(index)")
      } catch {
        #expect(error != .noMemory)
      }
    }
  }
}
