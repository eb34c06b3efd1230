import Base
import Foundation
@testable import Gateway
import Retraining
import StateStore
import TestSupport
import Testing

@Suite struct FeedbackTests {
  private let keeping: Keeping
  private var place: String { keeping.folder.path("state/jobs/1/feedback") }

  init() throws { keeping = try Keeping() }

  @Test func `reviewed pictures are collected by label, and stay when they are taken out`() throws {
    for name in ["a", "b", "c", "d", "e"] { keeping.take(keeping.picture(name)) }
    keeping.take(keeping.picture("f", model: "signs"))
    try keeping.review("a")
    try keeping.review("b", label: "red")
    try keeping.review("c", .adversarial)
    try keeping.review("d", label: "a label that was there once")
    try keeping.review("f", model: "signs")
    for _ in 1...2 {
      // Twice: what a job that was interrupted has collected is collected again.
      let folders = try keeping.pictures.collect(model: "colours", labels: ["green", "red"], into: place)
      #expect(folders == .init(genuine: "\(place)/genuine", adversarial: "\(place)/adversarial"))
    }
    #expect(try keeping.pictures.remove(model: "colours", digest: "a".digest))
    #expect(
      try FileManager.default.subpathsOfDirectory(atPath: place).sorted() == [
        "adversarial", "adversarial/\("c".digest).png", "genuine", "genuine/green", "genuine/green/\("a".digest).png",
        "genuine/red", "genuine/red/\("b".digest).png",
      ])
    #expect(try FileAccess.read("\(place)/genuine/green/\("a".digest).png", limit: 10) == Array("a".utf8))
  }

  @Test func `where nothing was reviewed there is nothing`() throws {
    keeping.take(keeping.picture("a"))
    #expect(try keeping.pictures.collect(model: "colours", labels: ["green"], into: place) == .init())
    #expect(!FileManager.default.fileExists(atPath: place))
  }

  @Test func `a picture whose file is gone is left out`() throws {
    keeping.take(keeping.picture("a"), keeping.picture("b"))
    try keeping.review("a")
    try keeping.review("b")
    try FileManager.default.removeItem(atPath: keeping.path("a".digest))
    let folders = try keeping.pictures.collect(model: "colours", labels: ["green"], into: place)
    #expect(folders == .init(genuine: "\(place)/genuine"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(place)/genuine/green") == ["\("b".digest).png"])
  }

  @Test(arguments: ["../up", "a/b", ".hidden", ".."]) func `a label that no folder can have is refused`(label: String)
    throws
  {
    keeping.take(keeping.picture("a"))
    try keeping.review("a", label: label)
    #expect(throws: FeedbackError.label(label)) {
      try keeping.pictures.collect(model: "colours", labels: [label], into: place)
    }
  }

  @Test func `a folder that cannot be made is named`() throws {
    keeping.take(keeping.picture("a"))
    try keeping.review("a")
    try FileAccess.replace(keeping.folder.path("state/jobs"), with: [])
    #expect(throws: FeedbackError.inaccessible(path: place, reason: "mkdir: Not a directory")) {
      try keeping.pictures.collect(model: "colours", labels: ["green"], into: place)
    }
  }
}
