import Archives
import Compression
import TestSupport
import Testing

@Suite struct TarTests {
  @Test(
    arguments: [
      ("old GNU", "refused-sparse-gnu.tar", .unsupported("it is of tar's type \"S\"")),
      ("pax", "refused-sparse-posix.tar", .unsupported("it has sparse files")),
    ] as [(String, String, ArchiveError.Kind)])
  func `sparse files are refused`(_ format: String, _ name: String, _ expected: ArchiveError.Kind) throws {
    let archive = try ArchiveReader(contentsOf: ArchiveFixture.path(name))
    let error = #expect(throws: ArchiveError.self) { try archive.next() }
    #expect(error?.kind == expected)
  }

  @Test(arguments: [
    "17 path=cat/name", "99 path=cat/name\n", "0 path=a\n", "x path=a\n", "7 path\n", "-1 a=b\n", "3 =\n",
    "12 size=ten\n", "11 size=-1\n", "9999999999999999999 a=b\n", "5 a=\n ", " ",
  ])
  func `a pax header that does not fit is refused`(_ records: String) throws {
    var tar = TarBuilder()
    tar.add("pax", Array(records.utf8), type: "x")
    tar.add("a", [1])
    let archive = try ArchiveReader(bytes: tar.archive, name: "a.tar")
    let error = #expect(throws: ArchiveError.self) { try archive.next() }
    guard case .malformed(let reason)? = error?.kind else {
      Issue.record("\(error?.description ?? "no error")")
      return
    }
    #expect(reason.hasPrefix("a pax header with") || reason.hasPrefix("a pax header whose"))
  }

  @Test func `a pax header's size counts, and its other records do not`() throws {
    var tar = TarBuilder()
    tar.add("pax", Array("13 mtime=1.5\n9 size=3\n".utf8), type: "x")
    tar.add("a", [7, 8, 9], size: 0)
    tar.add("b", [1])
    #expect(try ArchiveReader(bytes: tar.archive, name: "a.tar").files() == ["a": [7, 8, 9], "b": [1]])
  }

  @Test func `a global header may comment, but not name`() throws {
    var tar = TarBuilder()
    tar.add("pax", Array("13 comment=x\n".utf8), type: "g")
    tar.add("a", [1])
    #expect(try ArchiveReader(bytes: tar.archive, name: "a.tar").files() == ["a": [1]])
    tar.add("pax", Array("9 path=a\n".utf8), type: "g")
    #expect(throws: ArchiveError.self) { try ArchiveReader(bytes: tar.archive, name: "a.tar").files() }
  }

  @Test(arguments: [
    ("\u{80}", [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3] as [UInt8], [7, 8, 9] as [UInt8]?),
    ("spaces", Array("          3 ".utf8), [7, 8, 9]), ("NUL", Array("3\0".utf8), [7, 8, 9]), ("none", [], []),
    ("negative", [UInt8](repeating: 0xFF, count: 12), nil), ("decimal", Array("00000000009".utf8), nil),
    ("vast", [0x80] + [UInt8](repeating: 0x7F, count: 11), nil), ("words", Array("three".utf8), nil),
  ])
  func `sizes are octal, or binary as GNU writes them`(_ what: String, _ size: [UInt8], _ content: [UInt8]?) throws {
    var tar = TarBuilder()
    tar.add("first")
    tar.add(nameBytes: Array("a".utf8), content == [] ? [] : [7, 8, 9], type: "0", size: size)
    let archive = try ArchiveReader(bytes: tar.archive, name: "a.tar")
    guard let content else {
      #expect(throws: ArchiveError.self) { try archive.files() }
      return
    }
    #expect(try archive.files() == ["first": [], "a": content])
  }

  @Test func `a flipped bit in a header is noticed`() throws {
    var bytes = TarBuilder(files: [("a", [1]), ("b", [2])]).archive
    bytes[1024] ^= 1
    let archive = try ArchiveReader(bytes: bytes, name: "a.tar")
    #expect(try archive.next()?.name == "a")
    let error = #expect(throws: ArchiveError.self) { try archive.next() }
    #expect(error?.kind == .malformed("it has a header whose checksum is wrong, or whose size is no number"))
  }

  @Test func `a long extended header is refused before it is read`() throws {
    var tar = TarBuilder()
    tar.add("long", [UInt8](repeating: 0x61, count: 65537), type: "L")
    tar.add("a")
    let error = #expect(throws: ArchiveError.self) { try ArchiveReader(bytes: tar.archive, name: "a.tar").next() }
    #expect(error?.kind == .limit("an extended header of 65537 bytes; 65536 are allowed"))
  }

  @Test func `a long name without its entry is cut off`() throws {
    var tar = TarBuilder()
    tar.add("long", Array("name\0".utf8), type: "L")
    let error = #expect(throws: ArchiveError.self) { try ArchiveReader(bytes: tar.archive, name: "a.tar").next() }
    #expect(error?.kind == .truncated("a long name"))
  }

  @Test func `an empty tar is empty`() throws {
    #expect(try ArchiveReader(bytes: TarBuilder().archive, name: "a.tar").next() == nil)
  }

  @Test func `a changed byte in a compressed tar is noticed, the last one too`() throws {
    var bytes = try ArchiveFixture.bytes("pax.tar.gz")
    bytes[bytes.count - 1] ^= 1
    let error = #expect(throws: ArchiveError.self) { try ArchiveReader(bytes: bytes, name: "a.tar.gz").files() }
    #expect(error?.kind == .notInflated(.malformed("incorrect length check")))
    bytes[bytes.count - 1] ^= 1
    bytes[bytes.count - 5] ^= 1
    let other = #expect(throws: ArchiveError.self) { try ArchiveReader(bytes: bytes, name: "a.tar.gz").files() }
    #expect(other?.kind == .notInflated(.malformed("incorrect data check")))
  }
}
