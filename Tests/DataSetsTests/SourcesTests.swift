import DataSets
import TestSupport
import Testing

@Suite struct SourcesTests {
  private let first: PictureFolder
  private let second: PictureFolder

  init() throws {
    first = try PictureFolder((0..<6).map { "cat/\($0).png" } + (0..<6).map { "dog/\($0).png" })
    second = try PictureFolder()
  }

  @Test func `several sources are one data set with the labels of the first`() throws {
    try second.add("dog/new.png", try PictureFolder.png(100))
    try second.add("dog/text.png", [1])
    let reader = DataSetReader.with { $0.brokenShare = 0.5 }
    let data = try reader.read([first.path, second.path + "/"])
    let alone = try reader.read(first.path)
    #expect(data.sources == [first.path, second.path])
    #expect(data.name == "\(alone.name), \(try reader.with(labels: ["cat", "dog"]).read(second.path).name)")
    #expect(data.labels == ["cat", "dog"])
    #expect(data.examples.prefix(12).map(\.picture) == alone.examples.map(\.picture))
    #expect(data.examples.map(\.label) == alone.examples.map(\.label) + [1])
    #expect(data.examples.last?.name == "\(second.path)/dog/new.png")
    #expect(data.broken.map(\.name) == ["\(second.path)/dog/text.png"])
  }

  @Test func `what is wrong with one source is said of that one`() throws {
    try second.add("eel/1.png", try PictureFolder.png(100))
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read([first.path, second.path]) }
    #expect(error == DataSetError(.unknownLabels(["eel"], expected: ["cat", "dog"]), in: second.path))
    let missing = #expect(throws: DataSetError.self) { try DataSetReader().read([first.path, "/nowhere"]) }
    #expect(missing?.description == "/nowhere: stat: No such file or directory")
  }

  @Test func `labels that have the same pictures in two sources are an error about both`() throws {
    for number in 0..<6 { try second.add("dog/same-\(number).png", try PictureFolder.png(number)) }
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read([first.path, second.path]) }
    #expect(error?.kind == .samePictures(labels: ["cat", "dog"], count: 6))
    #expect(error?.source == "\(first.path), \(second.path)")
  }

  @Test func `all sources share the memory that there is`() throws {
    try second.add("dog/new.png", try PictureFolder.png(100))
    // Each picture has 18 bytes.
    let paths = [first.path, second.path]
    #expect(try DataSetReader.with { $0.memory = 13 * 18 }.read(paths).examples.count == 13)
    let error = #expect(throws: DataSetError.self) { try DataSetReader.with { $0.memory = 13 * 18 - 1 }.read(paths) }
    #expect(error == DataSetError(.tooLarge(limit: 13 * 18 - 1), in: second.path))
  }

  @Test func `a folder that is called as an expected label needs no match`() throws {
    let named = try PictureFolder(["14-stop/1.png", "20-yield/1.png"])
    try second.add("stop/2.png", try PictureFolder.png(100))
    let reader = DataSetReader.with { $0.labelPattern = "^[0-9]+-(.+)$" }
    let data = try reader.read([named.path, second.path])
    #expect(data.labels == ["stop", "yield"])
    #expect(data.examples.map(\.label) == [0, 1, 0])
    // Whose labels are not known beforehand, it is an error.
    #expect(throws: DataSetError(.noMatch(name: "stop", pattern: "^[0-9]+-(.+)$"), in: second.path)) {
      try reader.read(second.path)
    }
    // Its own name counts before what the pattern makes of it, if that is no label.
    let odd = try PictureFolder(["1-a/1.png", "b/2.png"])
    let expecting = DataSetReader.with { ($0.labelPattern, $0.labels) = ("^[0-9]+-(.+)$", ["1-a", "b"]) }
    #expect(try expecting.read(odd.path).examples.map(\.label) == [0, 1])
  }

  @Test func `a further source need not have the names that groups are found in`() throws {
    let tracks = try PictureFolder(["cat/1_a.png", "cat/1_b.png", "dog/2_a.png"])
    try second.add("dog/digest.png", try PictureFolder.png(100))
    let reader = DataSetReader.with { $0.groupPattern = "^([0-9]+)_" }
    #expect(try reader.read([tracks.path, second.path]).examples.map(\.group) == ["1", "1", "2", "digest.png"])
    let error = #expect(throws: DataSetError.self) { try reader.read([second.path, tracks.path]) }
    #expect(error?.kind == .oneLabel("dog"))
    try second.add("cat/digest.png", try PictureFolder.png(101))
    let strict = #expect(throws: DataSetError.self) { try reader.read([second.path, tracks.path]) }
    #expect(strict?.kind == .noMatch(name: "digest.png", pattern: "^([0-9]+)_"))
    let lenient = DataSetReader.with { ($0.groupPattern, $0.requiresGroups) = ("^([0-9]+)_", false) }
    #expect(try lenient.read(second.path).examples.map(\.group) == ["digest.png", "digest.png"])
  }

  @Test func `a source is parted as it is alone, and what belongs together across sources stays so`() throws {
    // Two pictures that the first has too, one of them under its name, and six of its own.
    try second.add("cat/copy.png", try PictureFolder.png(2))
    try second.add("dog/4.png", try PictureFolder.png(200))
    for number in 0..<6 { try second.add("cat/new-\(number).png", try PictureFolder.png(100 + number)) }
    let data = try DataSetReader().read([first.path, second.path])
    let alone = try DataSetReader().read(first.path)
    func place(_ name: String) throws -> Int { try #require(data.examples.firstIndex { $0.name.hasSuffix(name) }) }
    let copy = (try place("\(second.path)/cat/copy.png"), try place("\(first.path)/cat/2.png"))
    let group = (try place("\(second.path)/dog/4.png"), try place("\(first.path)/dog/4.png"))
    var sides: Set<Int> = []
    for seed in 0..<40 as Range<UInt64> {
      let split = GroupedSplit(of: data, share: 0.3, holdOut: 0.3, seed: seed)
      let single = GroupedSplit(of: alone, share: 0.3, holdOut: 0.3, seed: seed)
      #expect(split.withheld.filter { $0 < 12 } == single.withheld)
      #expect(split.heldOut.filter { $0 < 12 } == single.heldOut)
      #expect((split.training + split.withheld + split.heldOut).sorted() == Array(data.examples.indices))
      for pair in [copy, group] {
        let parts = [split.training, split.withheld, split.heldOut]
        let side = parts.firstIndex { $0.contains(pair.1) }
        #expect(parts.firstIndex { $0.contains(pair.0) } == side)
        if let side { sides.insert(side) }
      }
    }
    #expect(sides == [0, 1, 2])
  }
}

extension DataSetReader {
  fileprivate func with(labels: [String]) -> DataSetReader {
    var reader = self
    reader.labels = labels
    return reader
  }
}
