import Compression
import Foundation
import Testing

@Suite struct DeflaterTests {
  /// What is compressed: nothing, a byte, text, noise, and more than zlib's window of 32 KiB.
  static let inputs: [(name: String, bytes: [UInt8])] = {
    var state: UInt64 = 1
    let noise = (0..<100_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    let text = Array(String(repeating: "distinguo_requests_total{route=\"/v1/classify\"} 1\n", count: 4_000).utf8)
    return [("nothing", []), ("a byte", [7]), ("text", text), ("noise", noise), ("both", noise + text)]
  }()

  @Test(arguments: [Deflater.Format.gzip, .zlib], 0...9)
  func `what is deflated inflates to the same bytes`(_ format: Deflater.Format, _ level: Int) throws {
    for (name, bytes) in Self.inputs {
      let compressed = try Deflater(format, level: level).compressed(bytes)
      let inflater = try Inflater(
        format == .gzip ? .gzip : .zlib, limit: bytes.count, allowsPadding: false)
      var (input, output) = (compressed[...], [UInt8]())
      try inflater.inflate(&input, appendingTo: &output)
      try inflater.finish()
      #expect(output == bytes, "\(name)")
      if level > 0, name == "text" { #expect(compressed.count * 20 < bytes.count) }
    }
  }

  @Test func `a higher level packs tighter`() throws {
    let text = try #require(Self.inputs.last).bytes
    let sizes = try [0, 1, 6, 9].map { try Deflater(.gzip, level: $0).compressed(text).count }
    #expect(sizes[0] > text.count)
    #expect(sizes[1] < sizes[0] && sizes[2] < sizes[1] && sizes[3] <= sizes[2])
  }

  @Test func `gzip's header has no flags, no time and no name`() throws {
    // RFC 1952 §2.3: the two of the format, deflate, flags, four of the time; then the level and the system.
    #expect(try Deflater(.gzip).compressed([1, 2, 3]).prefix(8) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
  }

  @Test(arguments: [(Deflater.Format.gzip, "gzip"), (.zlib, "zlib")])
  func `Python inflates what is deflated here, and the other way round`(
    _ format: Deflater.Format, _ module: String
  ) throws {
    for (name, bytes) in Self.inputs {
      let compressed = try Deflater(format).compressed(bytes)
      #expect(try python("\(module).decompress", compressed) == bytes, "\(name)")
      let theirs = try python("\(module).compress", bytes)
      let inflater = try Inflater(format == .gzip ? .gzip : .zlib, limit: bytes.count, allowsPadding: false)
      var (input, output) = (theirs[...], [UInt8]())
      try inflater.inflate(&input, appendingTo: &output)
      try inflater.finish()
      #expect(output == bytes, "\(name)")
    }
  }

  /// What a function of Python's makes of bytes.
  private func python(_ function: String, _ bytes: [UInt8]) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appending(path: "distinguo-\(UUID().uuidString)")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let program = "import gzip, sys, zlib; sys.stdout.buffer.write(\(function)(open(sys.argv[1], 'rb').read()))"
    process.arguments = ["python3", "-c", program, file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return Array(output)
  }
}
