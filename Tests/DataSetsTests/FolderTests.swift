import DataSets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct FolderTests {
  private static let names = ["cat/1.png", "cat/2.png", "dog/1.png", "eel/0.png", "eel/00.png"]

  @Test(arguments: ["", "train/", "archive/train/"])
  func `a folder for each label, in the root or further down alone`(_ prefix: String) throws {
    let folder = try PictureFolder(Self.names.map { prefix + $0 })
    try folder.add("\(prefix)README", [1])
    let data = try DataSetReader().read(folder.path)
    #expect(data.labels == ["cat", "dog", "eel"])
    #expect(data.examples.map(\.name) == Self.names.map { prefix + $0 })
    #expect(data.examples.map(\.label) == [0, 0, 1, 2, 2])
    #expect(data.examples.map(\.group) == ["1.png", "2.png", "1.png", "0.png", "00.png"])
    #expect(data.examples.map(\.picture) == (0..<5).map(PictureFolder.picture))
    #expect(data.broken == [])
    #expect(data.sources == [folder.path])
  }

  @Test(arguments: ["", "train/", "./", "./train/"])
  func `a tar of such a folder is the same data set`(_ prefix: String) throws {
    let folder = try PictureFolder()
    try folder.add("set.tar", try PictureFolder.tar(Self.names.reversed().map { prefix + $0 }))
    let data = try DataSetReader().read(folder.path("set.tar"))
    #expect(data.labels == ["cat", "dog", "eel"])
    let shown = prefix.replacing("./", with: "")
    #expect(data.examples.map(\.name) == Self.names.map { shown + $0 })
    #expect(data.examples.map(\.picture) == (0..<5).reversed().map(PictureFolder.picture))
  }

  @Test(arguments: [("zip", ["-q", "-r"]), ("tar.gz", ["-czf"]), ("tar", ["-cf"])])
  func `an archive made by a command is the same data set`(_ ending: String, _ options: [String]) throws {
    let folder = try PictureFolder(Self.names)
    let target = try PictureFolder()
    let process = Process()
    process.executableURL = URL(filePath: ending == "zip" ? "/usr/bin/python3" : "/usr/bin/tar")
    process.currentDirectoryURL = URL(filePath: folder.path)
    let archive = target.path("set.\(ending)")
    process.arguments =
      ending == "zip"
      ? ["-m", "zipfile", "-c", archive, "cat", "dog", "eel"] : options + [archive, "cat", "dog", "eel"]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let (fromArchive, fromFolder) = (try DataSetReader().read(archive), try DataSetReader().read(folder.path))
    #expect(fromArchive.labels == fromFolder.labels)
    #expect(fromArchive.examples.map(\.name) == fromFolder.examples.map(\.name))
    #expect(fromArchive.examples.map(\.picture) == fromFolder.examples.map(\.picture))
  }

  @Test func `hidden files and what macOS adds are nothing`() throws {
    let hidden = [".git/x/y", "__MACOSX/cat/._1.png", "cat/.DS_Store", ".hidden", "cat/__MACOSX/1"]
    let folder = try PictureFolder(Self.names + hidden)
    #expect(try DataSetReader().read(folder.path).examples.map(\.name) == Self.names)
    try folder.add("set.tar", try PictureFolder.tar(Self.names + hidden))
    #expect(try DataSetReader().read(folder.path("set.tar")).examples.map(\.name) == Self.names)
  }

  @Test func `links lead to pictures and folders on disk`() throws {
    let other = try PictureFolder(["none", "pictures/9.png", "8.png"])
    let folder = try PictureFolder(["cat/1.png"])
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: folder.path("dog"), withDestinationPath: other.path("pictures"))
    try manager.createSymbolicLink(atPath: folder.path("cat/2.png"), withDestinationPath: other.path("8.png"))
    let data = try DataSetReader().read(folder.path + "/")
    #expect(data.examples.map(\.name) == ["cat/1.png", "cat/2.png", "dog/9.png"])
  }

  @Test func `a folder that holds itself by a link ends`() throws {
    let folder = try PictureFolder()
    try FileManager.default.createSymbolicLink(atPath: folder.path("self"), withDestinationPath: folder.path)
    #expect(throws: DataSetError.self) { try DataSetReader().read(folder.path) }
  }

  @Test func `pictures are prepared at once and only that is kept`() throws {
    let folder = try PictureFolder(Self.names)
    let small = DataSetReader.with { reader in
      reader.prepare = { Picture(width: 1, height: 1, pixels: Array($0.pixels.prefix(3))) }
      reader.memory = 15
    }
    let data = try small.read(folder.path)
    #expect(data.examples.map(\.picture.pixels) == (0..<5).map { [UInt8($0), 0, 99] })
    let large = DataSetReader.with { $0.memory = 5 * 18 - 1 }
    #expect(throws: DataSetError(.tooLarge(limit: 89), in: folder.path)) { try large.read(folder.path) }
  }

  @Test(arguments: [1, 2, 8])
  func `however many threads there are, the data set is the same`(_ threads: Int) throws {
    let names = (0..<200).map { "\($0 % 7)/\($0).png" }
    let folder = try PictureFolder(names)
    let counts = Counts()
    let reader = DataSetReader.with { reader in
      reader.threads = threads
      reader.progress = { counts.append($0, $1) }
    }
    let data = try reader.read(folder.path)
    #expect(data.examples.map(\.name) == names.sorted())
    for example in data.examples {
      let number = Int(example.name.split(separator: "/")[1].dropLast(4))!
      #expect(example.picture == PictureFolder.picture(number))
      #expect(data.labels[example.label] == "\(number % 7)")
    }
    #expect(counts.done == Array(1...200))
    #expect(counts.total == Array(repeating: 200, count: 200))
  }
}

/// What `progress` was told, under a lock of the reader's.
private final class Counts: @unchecked Sendable {
  // Sendable unchecked: the reader calls back one at a time, and the test looks after all calls.
  private(set) var done: [Int] = []
  private(set) var total: [Int] = []

  func append(_ done: Int, _ total: Int) {
    self.done.append(done)
    self.total.append(total)
  }
}
