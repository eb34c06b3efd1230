import Base
import Foundation
import TestSupport
import Testing

@Suite struct FileAccessTests {
  @Test(arguments: [[], [7], Array(repeating: 9, count: 100_000)] as [[UInt8]])
  func `what is written is read`(_ bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    try FileAccess.replace(path, with: bytes)
    #expect(try FileAccess.read(path, limit: bytes.count) == bytes)
  }

  @Test func `a file is replaced as a whole and nothing else is left behind`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    try FileAccess.replace(path, with: [1, 2, 3])
    try FileAccess.replace(path, with: [4])
    #expect(try FileAccess.read(path, limit: 10) == [4])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["file"])
  }

  @Test func `a file that is too large is not read`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    try FileAccess.replace(path, with: [1, 2, 3])
    #expect(throws: FileError.tooLarge(size: 3, limit: 2)) { try FileAccess.read(path, limit: 2) }
  }

  @Test(arguments: ["/tmp", "/dev/null", "/dev/zero"])
  func `what is no regular file is neither read nor replaced`(_ path: String) {
    #expect(throws: FileError.notRegular) { try FileAccess.read(path, limit: 10) }
    #expect(throws: FileError.notRegular) { try FileAccess.replace(path, with: [1]) }
  }

  @Test func `the system call that failed is named`() {
    let reading = #expect(throws: FileError.self) { try FileAccess.read("/nowhere/file", limit: 10) }
    #expect(reading?.description == "open: No such file or directory")
    let writing = #expect(throws: FileError.self) { try FileAccess.replace("/nowhere/file", with: []) }
    #expect(writing == .failed(call: "open", code: ENOENT))
  }
}
