import Archives
import Compression
import DataSets
import Foundation
import TestSupport
import Testing

@Suite struct SurveyTests {
  @Test func `a survey counts names and decodes nothing`() throws {
    let folder = try PictureFolder()
    for name in ["cat/1", "cat/2", "dog/1"] { try folder.add(name, Array("no picture".utf8)) }
    let other = try PictureFolder()
    try other.add("set.tar", TarBuilder(files: [("dog/x", [0])]).archive)
    let survey = try DataSetReader().survey([folder.path, other.path("set.tar")])
    #expect(survey.labels == ["cat", "dog"] && survey.counts == [2, 2])
    #expect(survey.names == ["cat/1", "cat/2", "dog/1", "dog/x"])
    let expecting = DataSetReader.with { $0.labels = ["eel", "dog"] }
    #expect(try expecting.survey([other.path("set.tar")]).counts == [0, 1])
  }

  @Test func `it counts IDX files by their labels`() throws {
    let folder = try PictureFolder()
    try folder.add("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 9, 8, 7])
    try folder.add("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 3, 4, 7, 4])
    let survey = try DataSetReader().survey([folder.path])
    #expect(survey.labels == ["4", "7"] && survey.counts == [2, 1])
  }

  @Test func `what is wrong by its names alone is an error`() throws {
    let folder = try PictureFolder()
    func kind(_ reader: DataSetReader = DataSetReader()) -> DataSetError.Kind? {
      #expect(throws: DataSetError.self) { try reader.survey([folder.path]) }?.kind
    }
    #expect(kind() == .empty)
    try folder.add("1.png", [0])
    #expect(kind() == .noLabelFolders)
    try folder.add("cat/1.png", [0])
    #expect(kind() == .oneLabel("cat"))
    #expect(kind(.with { $0.labels = ["dog"] }) == .unknownLabels(["cat"], expected: ["dog"]))
    #expect(kind(.with { $0.labelPattern = "^x" }) == .noMatch(name: "cat", pattern: "^x"))
    try folder.addFolder("dog")
    #expect(kind() == .labelWithoutPictures("dog"))
    try folder.add("dog/inner/1.png", [0])
    #expect(kind() == .nestedFolder("dog/inner"))
  }

  @Test(
    arguments: [
      ("bomb.tar.gz", .notInflated(.tooDense(ratio: 250))), ("bomb.zip", .notInflated(.tooDense(ratio: 250))),
      ("refused-link.tar", .special("a symbolic link")),
      ("refused-overlap.zip", .malformed("its content overlaps another's")),
    ] as [(String, ArchiveError.Kind)])
  func `an archive is refused for what it would do`(_ name: String, _ expected: ArchiveError.Kind) throws {
    let path = Fixture.path("archives/\(name)")
    let error = #expect(throws: DataSetError.self) { try DataSetReader().survey([path]) }
    guard case .archive(let inner)? = error?.kind else {
      Issue.record("\(error?.description ?? "no error")")
      return
    }
    #expect(inner.kind == expected)
  }

  @Test(
    arguments: [("/cat/1", "it is an absolute path"), ("cat/../../1", "'..' leads out of the archive")])
  func `a name that leads out of an archive is refused`(_ name: String, _ reason: String) throws {
    let folder = try PictureFolder()
    try folder.add("set.tar", TarBuilder(files: [("dog/1", [0]), (name, [0])]).archive)
    let error = #expect(throws: DataSetError.self) { try DataSetReader().survey([folder.path("set.tar")]) }
    guard case .archive(let inner)? = error?.kind else {
      Issue.record("\(error?.description ?? "no error")")
      return
    }
    #expect(inner.kind == .unsafeName(reason))
  }

  @Test func `more entries than are allowed are refused`() throws {
    let folder = try PictureFolder()
    try folder.add("set.tar", TarBuilder(files: (0..<6).map { ("\($0 % 2)/\($0)", []) }).archive)
    let strict = DataSetReader.with { $0.archiveLimits.entries = 5 }
    let error = #expect(throws: DataSetError.self) { try strict.survey([folder.path("set.tar")]) }
    #expect(error?.description == "\(folder.path("set.tar")): exceeds a limit: more than 5 entries")
  }
}
