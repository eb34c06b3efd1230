import Archives
import Compression
import DataSets
import Foundation
import TestSupport
import Testing

@Suite struct WrongDataSetTests {
  private func error(_ folder: PictureFolder, _ reader: DataSetReader = DataSetReader()) -> DataSetError? {
    #expect(throws: DataSetError.self) { try reader.read(folder.path) }
  }

  @Test func `a path that leads nowhere is named`() throws {
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read("/nowhere/data") }
    #expect(error?.description == "/nowhere/data: stat: No such file or directory")
  }

  @Test func `an empty folder, and one with only hidden files, is empty`() throws {
    let folder = try PictureFolder()
    #expect(error(folder)?.kind == .empty)
    try folder.add(".hidden", [1])
    #expect(error(folder)?.kind == .empty)
    try folder.add("set.tar", TarBuilder().archive)
    #expect(throws: DataSetError(.empty, in: folder.path("set.tar"))) {
      try DataSetReader().read(folder.path("set.tar"))
    }
  }

  @Test func `pictures without folders have no labels`() throws {
    let folder = try PictureFolder(["1.png", "2.png"])
    #expect(error(folder)?.kind == .noLabelFolders)
    #expect(
      error(folder)?.description
        == "\(folder.path): has files but no folders; a data set has a folder of pictures for each label")
  }

  @Test func `one label is not enough, unless labels are expected`() throws {
    let folder = try PictureFolder(["cat/1.png", "cat/2.png"])
    #expect(error(folder)?.kind == .oneLabel("cat"))
    let data = try DataSetReader.with { $0.labels = ["dog", "cat"] }.read(folder.path)
    #expect(data.labels == ["dog", "cat"])
    #expect(data.examples.map(\.label) == [1, 1])
  }

  @Test func `a label's folder without pictures is named`() throws {
    let folder = try PictureFolder(["cat/1.png", "dog/1.png"])
    try folder.addFolder("eel")
    #expect(error(folder)?.kind == .labelWithoutPictures("eel"))
    try folder.add("eel/.DS_Store", [1])
    #expect(error(folder)?.kind == .labelWithoutPictures("eel"))
    var tar = TarBuilder(files: [("cat/1.png", try PictureFolder.png(0)), ("dog/1.png", try PictureFolder.png(1))])
    tar.add("eel/", type: "5")
    try folder.add("set.tar", tar.archive)
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read(folder.path("set.tar")) }
    #expect(error?.kind == .labelWithoutPictures("eel"))
  }

  @Test func `a folder too high is noticed`() throws {
    let folder = try PictureFolder(["train/cat/1.png", "train/dog/1.png", "dev/cat/2.png", "dev/dog/2.png"])
    #expect(error(folder)?.kind == .nestedFolder("dev/cat"))
  }

  @Test func `labels that are not expected are named before a picture is read`() throws {
    let folder = try PictureFolder()
    for name in ["cat/1", "bat/1", "ant/1"] { try folder.add(name, [0]) }
    let error = error(folder, .with { $0.labels = ["cat", "dog"] })
    #expect(error?.kind == .unknownLabels(["ant", "bat"], expected: ["cat", "dog"]))
    #expect(error?.description.hasSuffix("are not among the 2 expected: 'ant', 'bat'") == true)
  }

  @Test(arguments: ["text", "set.tar", "set.zip", "picture.png"])
  func `a file that is no data set is said to be none`(_ name: String) throws {
    let folder = try PictureFolder()
    try folder.add(name, name == "picture.png" ? try PictureFolder.png(1) : Array("no data set".utf8))
    #expect(throws: DataSetError(.unknownFormat, in: folder.path(name))) {
      try DataSetReader().read(folder.path(name))
    }
  }

  @Test(
    arguments: [
      ("bomb.tar.gz", .notInflated(.tooDense(ratio: 250))),
      ("refused-link.tar", .special("a symbolic link")),
      ("refused-overlap.zip", .malformed("its content overlaps another's")),
    ] as [(String, ArchiveError.Kind)])
  func `an archive that is refused is no data set`(_ name: String, _ expected: ArchiveError.Kind) throws {
    let path = Fixture.path("archives/\(name)")
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read(path) }
    guard case .archive(let inner)? = error?.kind else {
      Issue.record("\(error?.description ?? "no error")")
      return
    }
    #expect(inner.kind == expected)
    #expect(error?.description == inner.description)
  }

  @Test func `broken pictures are named and counted up to a share`() throws {
    let folder = try PictureFolder((0..<8).map { "\($0 % 2)/\($0).png" })
    try folder.add("0/broken.png", Array(try PictureFolder.png(9).dropLast(20)))
    try folder.add("1/text.txt", Array("no picture".utf8))
    try FileManager.default.createSymbolicLink(atPath: folder.path("1/lost"), withDestinationPath: "/nowhere")
    let error = error(folder)
    guard case .tooManyBroken(3, 11, 0.01, let first)? = error?.kind else {
      Issue.record("\(error?.description ?? "no error")")
      return
    }
    #expect(first.map(\.name) == ["0/broken.png", "1/lost", "1/text.txt"])
    #expect(error?.description.contains("3 broken pictures of 11") == true)
    #expect(error?.description.contains("\n  1/lost: open: No such file or directory") == true)

    let data = try DataSetReader.with { $0.brokenShare = 3.0 / 11 }.read(folder.path)
    #expect(data.examples.count == 8)
    #expect(data.broken == first)
    #expect(!data.broken[0].reason.isEmpty && !data.broken[2].reason.isEmpty)
    #expect(throws: DataSetError.self) { try DataSetReader.with { $0.brokenShare = 0.27 }.read(folder.path) }
  }

  @Test func `a damaged entry of a zip is a broken picture`() throws {
    let reader = DataSetReader.with { $0.brokenShare = 1 }
    let path = Fixture.path("archives/damaged-checksum.zip")
    let error = #expect(throws: DataSetError.self) { try reader.read(path) }
    // Its entries are no pictures anyway; but the first is not even looked at.
    #expect(error?.kind == .oneLabel("cat"))
    let expecting = DataSetReader.with { ($0.brokenShare, $0.labels) = (0.5, ["cat"]) }
    let second = #expect(throws: DataSetError.self) { try expecting.read(path) }
    guard case .tooManyBroken(2, 2, 0.5, let first)? = second?.kind else {
      Issue.record("\(second?.description ?? "no error")")
      return
    }
    #expect(first[0] == BrokenPicture(name: "cat/1", reason: "is damaged: its checksum is wrong"))
    #expect(first[1].name == "cat/2" && first[1].reason != first[0].reason)
  }

  @Test func `a label of which nothing can be read is named, however many may be broken`() throws {
    let folder = try PictureFolder(["cat/1.png", "dog/1.png"])
    try folder.add("eel/1.png", [1, 2, 3])
    #expect(error(folder, .with { $0.brokenShare = 1 })?.kind == .labelWithoutPictures("eel"))
  }

  @Test func `two labels with the same pictures are an error`() throws {
    let folder = try PictureFolder((0..<6).map { "cat/\($0).png" })
    for number in 0..<4 { try folder.add("dog/\(number).png", try PictureFolder.png(number + 3)) }
    #expect(error(folder)?.kind == .samePictures(labels: ["cat", "dog"], count: 3))
    try folder.add("dog/a.png", try PictureFolder.png(77))
    try folder.add("dog/b.png", try PictureFolder.png(78))
    let data = try DataSetReader().read(folder.path)
    let pairs = data.duplicatesAcrossLabels.map { $0.map { data.examples[$0].name } }
    #expect(pairs == [["cat/3.png", "dog/0.png"], ["cat/4.png", "dog/1.png"], ["cat/5.png", "dog/2.png"]])
  }
}
