import Archives
import Base
import Foundation
import TestSupport
import Testing

@Suite struct ArchiveReaderTests {
  static let genuine = [
    "ustar.tar", "gnu.tar", "pax.tar", "command-gnu.tar", "command-posix.tar", "pax.tar.gz", "members.tar.gz",
    "stored.zip", "deflated.zip", "streamed.zip", "comment.zip", "command.zip",
  ]

  @Test(arguments: genuine)
  func `what other programs write is read`(_ name: String) throws {
    let files = try ArchiveReader(contentsOf: ArchiveFixture.path(name)).files()
    #expect(
      files.mapValues(\.count) == [
        "train/cat/1.txt": 4, "train/cat/empty.txt": 0, "train/dog/2.bin": 2000, "train/dog/bär.txt": 1500,
        ArchiveFixture.longName: 9,
      ])
    #expect(files["train/cat/1.txt"] == Array("one\n".utf8))
    #expect(files["train/dog/bär.txt"] == Array(String(repeating: "text ", count: 300).utf8))
    #expect(files[ArchiveFixture.longName] == Array("far down\n".utf8))
  }

  @Test(arguments: genuine)
  func `from memory and with contents passed over there are the same entries`(_ name: String) throws {
    let bytes = try ArchiveFixture.bytes(name)
    let archive = try ArchiveReader(bytes: bytes, name: name)
    var entries: [ArchiveEntry] = []
    while let entry = try archive.next() { entries.append(entry) }
    #expect(entries.first == ArchiveEntry(name: "train", kind: .folder, size: 0))
    #expect(entries.filter { $0.kind == .file }.map(\.size).sorted() == [0, 4, 9, 1500, 2000])
    #expect(try archive.next() == nil)
  }

  @Test(arguments: genuine)
  func `an archive that is cut off anywhere is no archive`(_ name: String) throws {
    let bytes = try ArchiveFixture.bytes(name)
    // What a tar has after its end mark, or a gzip file after its last member, may be missing.
    let end: Int
    switch name {
    case "members.tar.gz": end = bytes.count - 512
    case _ where name.hasSuffix(".tar"): end = bytes.lastIndex { $0 != 0 }! / 512 * 512 + 512
    default: end = bytes.count
    }
    for count in stride(from: 0, to: end, by: max(end / 150, 1)) {
      #expect(throws: ArchiveError.self, "cut at \(count)") {
        try ArchiveReader(bytes: Array(bytes[..<count]), name: name).files()
      }
    }
  }

  @Test(arguments: [
    ("refused-link.tar", "is a symbolic link"), ("refused-hard-link.tar", "is a hard link"),
    ("refused-device.tar", "is a device"), ("refused-block-device.tar", "is a device"),
    ("refused-pipe.tar", "is a pipe"), ("refused-link.zip", "is a symbolic link"),
    ("refused-pipe.zip", "is a device, pipe or socket"),
  ])
  func `links and devices are refused by name`(_ name: String, _ reason: String) throws {
    let error = #expect(throws: ArchiveError.self) {
      try ArchiveReader(contentsOf: ArchiveFixture.path(name)).files()
    }
    #expect(error?.entry == "cat/odd")
    #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
  }

  @Test(arguments: [
    ("/etc/passwd", "it is an absolute path"), ("cat/../../x", "'..' leads out of the archive"),
    ("..", "'..' leads out of the archive"), ("cat\\x", "it holds a backslash, which some systems take for a slash"),
    ("C:\\x", "it holds a backslash, which some systems take for a slash"), ("", "it is empty"), ("./.", "it is empty"),
  ])
  func `a name that leads astray is refused`(_ name: String, _ reason: String) throws {
    var tar = TarBuilder()
    tar.add("cat/1")
    tar.add(name, [1, 2, 3])
    let archive = try ArchiveReader(bytes: tar.archive, name: "a.tar")
    #expect(try archive.next()?.name == "cat/1")
    let expected = ArchiveError(.unsafeName(reason), in: "a.tar", entry: name)
    #expect(throws: expected) { try archive.next() }
  }

  @Test func `a name with a NUL is refused`() throws {
    var tar = TarBuilder()
    tar.add("pax", Array("17 path=cat/a\0.b\n".utf8), type: "x")
    tar.add("cat")
    let archive = try ArchiveReader(bytes: tar.archive, name: "a.tar")
    #expect(throws: ArchiveError(.unsafeName("it holds a NUL"), in: "a.tar", entry: "cat/a\0.b")) { try archive.next() }
  }

  @Test func `a name that is not UTF-8 is refused`() throws {
    var tar = TarBuilder()
    tar.add(nameBytes: [0x62, 0xE4, 0x72], [], type: "0", size: Array("0".utf8))
    let archive = try ArchiveReader(bytes: tar.archive, name: "a.tar")
    let error = #expect(throws: ArchiveError.self) { try archive.next() }
    #expect(error?.kind == .unsafeName("it is not UTF-8"))
  }

  @Test func `names are written in one way`() throws {
    var tar = TarBuilder()
    for name in ["./a//b/./c", "a/b/d/", "./"] { tar.add(name, type: name.hasSuffix("/") ? "5" : "0") }
    let archive = try ArchiveReader(bytes: tar.archive, name: "a.tar")
    #expect(try archive.next() == ArchiveEntry(name: "a/b/c", kind: .file, size: 0))
    #expect(try archive.next() == ArchiveEntry(name: "a/b/d", kind: .folder, size: 0))
    #expect(try archive.next() == ArchiveEntry(name: "", kind: .folder, size: 0))
  }

  @Test func `control characters of a name do not reach the terminal`() throws {
    var tar = TarBuilder()
    tar.add("\u{1B}[2J", type: "2")
    let archive = try ArchiveReader(bytes: tar.archive, name: "a.tar")
    let error = #expect(throws: ArchiveError.self) { try archive.next() }
    #expect(error?.description.hasPrefix(#"a.tar: the entry "\u{1B}[2J": is a symbolic link"#) == true)
  }

  @Test func `the same name twice is an error`() throws {
    let tar = TarBuilder(files: [("cat/1", [1]), ("./cat//1", [2])])
    let archive = try ArchiveReader(bytes: tar.archive, name: "a.tar")
    _ = try archive.next()
    #expect(throws: ArchiveError(.duplicate, in: "a.tar", entry: "cat/1")) { try archive.next() }
  }

  @Test(arguments: [
    "", "PK", "no archive at all", String(repeating: "text ", count: 500), "\u{1F}\u{8B}", "PK\u{5}\u{6}",
  ])
  func `anything else is no archive`(_ text: String) throws {
    #expect(throws: ArchiveError.self) {
      _ = try ArchiveReader(bytes: Array(text.utf8), name: "text").next()
    }
  }

  @Test func `a file that is not there is named`() throws {
    let error = #expect(throws: ArchiveError.self) { _ = try ArchiveReader(contentsOf: "/nowhere/a.tar") }
    #expect(error?.description == "/nowhere/a.tar: open: No such file or directory")
    #expect(throws: ArchiveError(.inaccessible(.notRegular), in: "/dev/zero")) {
      _ = try ArchiveReader(contentsOf: "/dev/zero")
    }
  }
}
