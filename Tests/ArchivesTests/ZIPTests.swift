import Archives
import Testing

@Suite struct ZIPTests {
  @Test(arguments: [
    ("refused-zip64-size.zip", "cat/1", "cannot be read: it is of ZIP64"),
    ("refused-zip64-count.zip", nil, "cannot be read: it is of ZIP64"),
    ("refused-volumes.zip", nil, "cannot be read: it is one of several volumes"),
    ("refused-count.zip", nil, "is cut off: it ends within its directory"),
    ("refused-count-less.zip", nil, "is malformed: its directory has more in it than it says"),
    ("refused-two-sizes.zip", "cat/1", "is malformed: it is stored, but with two sizes"),
    ("refused-outside.zip", "cat/2", "is malformed: it lies outside the file"),
    ("refused-overlap.zip", "cat/2", "is malformed: its content overlaps another's"),
    ("refused-method.zip", "cat/1", "cannot be read: it is compressed by method 12; stored (0) and deflated (8)"),
    ("refused-bzip2.zip", "train/cat/1.txt", "cannot be read: it is compressed by method 12"),
    ("refused-encrypted.zip", "cat/1", "cannot be read: it is encrypted"),
    ("refused-start.zip", nil, "is malformed: its directory is not where its end says"),
    ("refused-prefix.zip", nil, "is malformed: its directory is not where its end says"),
    ("refused-signature.zip", nil, "is malformed: its directory has a header with a wrong signature"),
    ("refused-upward.zip", "cat/../../x", "has a name that is refused: '..' leads out of the archive"),
    ("refused-twice.zip", "cat/1", "is there twice"),
    ("refused-folder.zip", "cat", "is malformed: a folder with content"),
  ])
  func `a zip that nobody should write is refused, with the reason`(
    _ name: String, _ entry: String?, _ reason: String
  ) throws {
    let error = #expect(throws: ArchiveError.self) {
      try ArchiveReader(contentsOf: ArchiveFixture.path(name)).files()
    }
    #expect(error?.entry == entry)
    #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
    #expect(error?.isConfined == false)
  }

  @Test(arguments: [
    ("damaged-checksum.zip", "its checksum is wrong"), ("damaged-place.zip", "it is not where the directory says"),
    ("damaged-longer.zip", "it inflates to more than 400 bytes"), ("damaged-shorter.zip", "it has 500 bytes, not 600"),
    ("damaged-deflate.zip", "the compressed data is malformed: invalid block type"),
  ])
  func `a damaged entry is named, and the next is read`(_ name: String, _ reason: String) throws {
    let archive = try ArchiveReader(contentsOf: ArchiveFixture.path(name))
    #expect(try archive.next()?.name == "cat/1")
    let error = #expect(throws: ArchiveError.self) { try archive.content() }
    #expect(error?.entry == "cat/1")
    #expect(error?.kind == .damaged(reason))
    #expect(error?.isConfined == true)
    #expect(try archive.next()?.name == "cat/2")
    #expect(try archive.content() == Array("second".utf8))
    #expect(try archive.next() == nil)
  }

  @Test func `content is given once`() throws {
    let archive = try ArchiveReader(contentsOf: ArchiveFixture.path("damaged-checksum.zip"))
    #expect(try archive.content() == [])
    _ = try archive.next()
    _ = try archive.next()
    #expect(try archive.content() == Array("second".utf8))
    #expect(try archive.content() == [])
  }
}
