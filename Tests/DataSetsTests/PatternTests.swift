import DataSets
import Testing

@Suite struct PatternTests {
  @Test(arguments: [
    ("^[0-9]+-(.+)$", ["speed-limit-20", "stop"]), ("[a-z].*$", ["speed-limit-20", "stop"]),
    ("^([0-9]+)-", ["00", "14"]), ("^(?:[0-9]+)-(\\w+)", ["speed", "stop"]),
  ])
  func `a label is what the pattern finds in the folder's name`(_ pattern: String, _ labels: [String]) throws {
    let folder = try PictureFolder(["00-speed-limit-20/1.png", "14-stop/1.png"])
    let data = try DataSetReader.with { $0.labelPattern = pattern }.read(folder.path)
    #expect(data.labels == labels)
    #expect(data.examples.map(\.label) == [0, 1])
  }

  @Test func `labels are sorted, and pictures by name`() throws {
    let folder = try PictureFolder(["1-zebra/1.png", "2-ape/1.png"])
    let data = try DataSetReader.with { $0.labelPattern = "-(.+)" }.read(folder.path)
    #expect(data.labels == ["ape", "zebra"])
    #expect(data.examples.map(\.name) == ["1-zebra/1.png", "2-ape/1.png"])
    #expect(data.examples.map(\.label) == [1, 0])
  }

  @Test(
    arguments: [
      ("-(.+)$", .sameLabel("stop", folders: ["13-stop", "14-stop"])),
      ("^14-(.+)", .noMatch(name: "13-stop", pattern: "^14-(.+)")),
      ("^14(x?)", .noMatch(name: "13-stop", pattern: "^14(x?)")),
      ("^1.(x?)", .noMatch(name: "13-stop", pattern: "^1.(x?)")),
      ("^1.(x)?", .noMatch(name: "13-stop", pattern: "^1.(x)?")),
    ] as [(String, DataSetError.Kind)])
  func `a pattern that gives no label, or one to two folders, is an error`(
    _ pattern: String, _ expected: DataSetError.Kind
  ) throws {
    let folder = try PictureFolder(["13-stop/1.png", "14-stop/2.png"])
    let error = #expect(throws: DataSetError.self) {
      try DataSetReader.with { $0.labelPattern = pattern }.read(folder.path)
    }
    #expect(error?.kind == expected)
  }

  @Test(arguments: ["(", "[a", "*", "a{2,1}"])
  func `what is no regular expression is said to be none`(_ pattern: String) throws {
    let folder = try PictureFolder(["cat/1.png", "dog/2.png"])
    for reader in [
      DataSetReader.with({ $0.labelPattern = pattern }), DataSetReader.with({ $0.groupPattern = pattern }),
    ] {
      let error = #expect(throws: DataSetError.self) { try reader.read(folder.path) }
      guard case .badPattern(pattern, let reason)? = error?.kind else {
        Issue.record("\(error?.description ?? "no error")")
        return
      }
      #expect(!reason.isEmpty)
      #expect(error?.description.contains("'\(pattern)' is no regular expression") == true)
    }
  }

  @Test func `a group is what the pattern finds in the file's name`() throws {
    let folder = try PictureFolder(["cat/00004_01.png", "cat/00004_02.png", "dog/00004_01.png", "dog/7_1.png"])
    let reader = DataSetReader.with { $0.groupPattern = "^([0-9]+)_" }
    #expect(try reader.read(folder.path).examples.map(\.group) == ["00004", "00004", "00004", "7"])
    try folder.add("dog/track.png", try PictureFolder.png(9))
    let error = #expect(throws: DataSetError.self) { try reader.read(folder.path) }
    #expect(error?.kind == .noMatch(name: "track.png", pattern: "^([0-9]+)_"))
  }
}
