import Archives
import Testing

@Suite struct ByteStreamTests {
  @Test(arguments: ["pax.tar", "pax.tar.gz", "members.tar.gz"])
  func `bytes are read and passed over as if they were one array`(_ name: String) throws {
    let expected = try ArchiveFixture.bytes("pax.tar")
    let stream = try ByteStream(contentsOf: ArchiveFixture.path(name))
    #expect(stream.isCompressed == name.hasSuffix(".gz"))
    var position = 0
    for count in [1, 0, 511, 3000, 7] {
      #expect(stream.remaining == (stream.isCompressed ? nil : expected.count - position))
      #expect(try stream.read(count) == Array(expected[position..<(position + count)]))
      position += count
      #expect(try stream.skip(100) == 100)
      position += 100
    }
    #expect(try !stream.isAtEnd())
    #expect(try stream.read(.max) == Array(expected[position...]))
    #expect(try stream.isAtEnd())
    #expect(try stream.read(1) == [])
    #expect(try stream.skip(1) == 0)
  }

  @Test(arguments: ["pax.tar", "pax.tar.gz"])
  func `passing over more than there is gives what there is`(_ name: String) throws {
    let size = try ArchiveFixture.bytes("pax.tar").count
    let stream = try ByteStream(bytes: try ArchiveFixture.bytes(name), name: name)
    _ = try stream.read(5)
    #expect(try stream.skip(.max) == size - 5)
    #expect(try stream.isAtEnd())
  }
}
