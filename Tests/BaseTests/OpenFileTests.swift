import Base
import Foundation
import TestSupport
import Testing

@Suite struct OpenFileTests {
  @Test(
    arguments: [
      (0, 5, [1, 2, 3, 4, 5]), (1, 3, [2, 3, 4]), (3, 100, [4, 5]), (4, 1, [5]), (5, 1, []), (.max, .max, []),
      (-1, 2, []), (2, 0, []), (2, -1, []),
    ] as [(Int, Int, [UInt8])])
  func `a part is read, or what there is of it`(_ offset: Int, _ count: Int, _ expected: [UInt8]) throws {
    let folder = try TemporaryFolder()
    try FileAccess.replace(folder.path("file"), with: [1, 2, 3, 4, 5])
    let file = try OpenFile(folder.path("file"))
    #expect(file.size == 5)
    #expect(try file.read(at: offset, count: count) == expected)
  }

  @Test func `a file that shrinks is noticed, and one that is replaced stays the same`() throws {
    let folder = try TemporaryFolder()
    try FileAccess.replace(folder.path("file"), with: [1, 2, 3, 4, 5])
    let file = try OpenFile(folder.path("file"))
    try FileAccess.replace(folder.path("file"), with: [9])
    #expect(try file.read(at: 0, count: 9) == [1, 2, 3, 4, 5])
    let other = try OpenFile(folder.path("file"))
    try #require(truncate(folder.path("file"), 0) == 0)
    #expect(throws: FileError.shrank) { try other.read(at: 0, count: 1) }
  }

  @Test func `a folder's entries are sorted, and links count as what they lead to`() throws {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    for name in ["b", ".hidden", "a", "bär"] { try FileAccess.replace(folder.path(name), with: []) }
    try manager.createDirectory(atPath: folder.path("c"), withIntermediateDirectories: false)
    try manager.createSymbolicLink(atPath: folder.path("to-folder"), withDestinationPath: "c")
    try manager.createSymbolicLink(atPath: folder.path("to-file"), withDestinationPath: "a")
    try manager.createSymbolicLink(atPath: folder.path("to-nowhere"), withDestinationPath: "nothing")
    let entries = try FileAccess.entries(of: folder.url.path)
    #expect(entries.map(\.name) == [".hidden", "a", "b", "bär", "c", "to-file", "to-folder", "to-nowhere"])
    #expect(entries.filter(\.isFolder).map(\.name) == ["c", "to-folder"])
  }

  @Test func `a name that is not UTF-8 is an error`() throws {
    let folder = try TemporaryFolder()
    let name: [CChar] = Array(folder.path("x").utf8CString.dropLast()) + [CChar(bitPattern: 0xE4), 0]
    let descriptor = open(name, O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0)
    close(descriptor)
    #expect(throws: FileError.failed(call: "readdir", code: EILSEQ)) { try FileAccess.entries(of: folder.url.path) }
  }

  @Test func `what is no folder is said to be none`() throws {
    #expect(throws: FileError.failed(call: "opendir", code: ENOTDIR)) { try FileAccess.entries(of: "/dev/null") }
    #expect(throws: FileError.failed(call: "opendir", code: ENOENT)) { try FileAccess.entries(of: "/nowhere") }
    #expect(try FileAccess.isFolder("/dev"))
    #expect(try !FileAccess.isFolder("/dev/null"))
    #expect(throws: FileError.failed(call: "stat", code: ENOENT)) { try FileAccess.isFolder("/nowhere") }
  }
}
