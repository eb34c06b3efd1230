import Base
import Foundation
import TestSupport
import Testing

@Suite struct MakeFolderTests {
  @Test(arguments: ["a", "b/c/d", "e//f/"])
  func `a folder and those above it are made, and those that are there are left alone`(_ name: String) throws {
    let folder = try TemporaryFolder()
    try FileAccess.makeFolder(folder.path(name))
    try FileAccess.replace(folder.path("\(name)/file"), with: [1])
    try FileAccess.makeFolder(folder.path(name))
    #expect(try FileAccess.read(folder.path("\(name)/file"), limit: 1) == [1])
  }

  @Test(arguments: ["file", "file/below", "file/far/below"])
  func `a file in the way is no folder`(_ name: String) throws {
    let folder = try TemporaryFolder()
    try FileAccess.replace(folder.path("file"), with: [1])
    #expect(throws: FileError.failed(call: "mkdir", code: ENOTDIR)) { try FileAccess.makeFolder(folder.path(name)) }
    #expect(try FileAccess.read(folder.path("file"), limit: 1) == [1])
  }

  @Test func `a folder can be for its owner alone, those above it are everybody's`() throws {
    let folder = try TemporaryFolder()
    try FileAccess.makeFolder(folder.path("above/own"), mode: 0o700)
    #expect(try Self.mode(folder.path("above/own")) == 0o700)
    #expect(try Self.mode(folder.path("above")) & 0o500 == 0o500)
  }

  @Test func `a file can be for its owner alone`() throws {
    let folder = try TemporaryFolder()
    try FileAccess.replace(folder.path("own"), with: [1], mode: 0o600)
    #expect(try Self.mode(folder.path("own")) == 0o600)
  }

  private static func mode(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }
}
