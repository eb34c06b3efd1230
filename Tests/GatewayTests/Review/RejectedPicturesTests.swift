import Base
import Dispatch
import Foundation
@testable import Gateway
import StateStore
import TestSupport
import Testing

@Suite struct RejectedPicturesTests {
  @Test func `a rejected picture is a file named by its digest, for its owner alone, and a row`() throws {
    let keeping = try Keeping()
    keeping.take(keeping.picture("one"))
    #expect(try keeping.files == ["one".digest])
    #expect(try FileAccess.read(keeping.path("one".digest), limit: 10) == Array("one".utf8))
    #expect(try mode(keeping.path("one".digest)) == 0o600)
    #expect(try mode(keeping.path("")) == 0o700)
    let kept = try #require(try keeping.kept().first)
    #expect((kept.digest, kept.model, kept.version, kept.label) == ("one".digest, "colours", 2, "green"))
    #expect((kept.reason, kept.mediaType, kept.bytes) == ("score_below_threshold", "image/png", 3))
    #expect((kept.requestID, kept.count, kept.review) == ("r-1", 1, nil))
    #expect(kept.opinions.map(\.score) == [0.25, 0])
    #expect(keeping.outcomes == ["kept"])
  }

  @Test func `the same file again is counted; of another model it is another rejection of one file`() throws {
    let keeping = try Keeping()
    keeping.take(
      keeping.picture("one"), keeping.picture("one"), keeping.picture("one", model: "signs"), keeping.picture("two"))
    #expect(try keeping.files == ["one".digest, "two".digest].sorted())
    #expect(try keeping.kept().map(\.count) == [1, 1, 2])
    #expect(try keeping.pictures.remove(model: "colours", digest: "one".digest))
    #expect(try keeping.files.contains("one".digest))
    #expect(try keeping.pictures.remove(model: "signs", digest: "one".digest))
    #expect(try keeping.files == ["two".digest])
    #expect(try !keeping.pictures.remove(model: "signs", digest: "one".digest))
  }

  @Test func `what is not wanted is told of and not kept`() throws {
    let keeping = try Keeping()
    keeping.take(.example(nil))
    #expect(keeping.outcomes == ["unwanted"])
    #expect(try keeping.kept().isEmpty)
  }

  @Test func `keeping can be switched off and on, and what is there stays`() throws {
    let keeping = try Keeping()
    keeping.take(keeping.picture("one"))
    keeping.pictures.change(.init())
    #expect(!keeping.pictures.wants(bytes: 1))
    keeping.take(keeping.picture("two"))
    #expect(keeping.outcomes == ["kept", "unwanted"])
    #expect(try keeping.files == ["one".digest])
    keeping.pictures.change(.with { $0.pictureBytes = 10 })
    #expect(keeping.pictures.wants(bytes: 10))
    #expect(!keeping.pictures.wants(bytes: 11))
  }

  @Test func `beyond the count the oldest goes, those that were reviewed last`() throws {
    let keeping = try Keeping(.with { $0.count = 3 })
    for (second, name) in ["a", "b", "c"].enumerated() { keeping.take(keeping.picture(name, after: Double(second))) }
    try keeping.review("a")
    keeping.take(keeping.picture("d", after: 3))
    #expect(try keeping.files == ["a", "c", "d"].map(\.digest).sorted())
    try keeping.review("c")
    try keeping.review("d")
    keeping.take(keeping.picture("e", after: 4), keeping.picture("f", after: 5))
    #expect(try keeping.files == ["c", "d", "f"].map(\.digest).sorted())
    #expect(try keeping.kept().map(\.digest) == ["f", "d", "c"].map(\.digest))
  }

  @Test func `all files together are within the bytes`() throws {
    let keeping = try Keeping(.with { $0.bytes = 10 })
    keeping.take(
      keeping.picture("aaaa"), keeping.picture("bbbb", after: 1), keeping.picture("cc", after: 2),
      keeping.picture("ddddd", after: 3))
    #expect(try keeping.files == ["cc", "ddddd"].map(\.digest).sorted())
    #expect(!keeping.pictures.wants(bytes: 11))
  }

  @Test func `smaller limits hold at once, larger ones too`() throws {
    let keeping = try Keeping()
    for (second, name) in ["a", "b", "c"].enumerated() { keeping.take(keeping.picture(name, after: Double(second))) }
    keeping.pictures.change(.with { $0.count = 2 })
    keeping.pictures.flush()
    #expect(try keeping.kept().map(\.digest) == ["c", "b"].map(\.digest))
    keeping.pictures.change(.with { $0.count = 0 })
    keeping.pictures.flush()
    #expect(try keeping.kept().isEmpty)
    #expect(try keeping.files.isEmpty)
  }

  @Test func `what is too old goes, reviewed or not`() throws {
    let keeping = try Keeping(.with { $0.age = .seconds(100) })
    keeping.take(keeping.picture("a"), keeping.picture("b", after: 50))
    try keeping.review("a")
    keeping.now.withLock { $0 += 100 }
    keeping.pictures.change(.with { $0.age = .seconds(100) })
    keeping.pictures.flush()
    #expect(try keeping.kept().count == 2)
    keeping.now.withLock { $0 += 0.5 }
    keeping.pictures.change(.with { $0.age = .seconds(100) })
    keeping.pictures.flush()
    #expect(try keeping.files == ["b".digest])
  }

  @Test func `what comes faster than it is written is dropped, by pictures and by bytes`() throws {
    let keeping = try Keeping(backlog: .init(pictures: 2, bytes: 10))
    keeping.pictures.changing.withLock { _ in
      // The queue waits for the lock; two places are taken.
      for name in ["a", "b", "c"] { keeping.pictures.take(keeping.picture(name)) }
    }
    keeping.pictures.flush()
    #expect(keeping.outcomes.sorted() == ["dropped", "kept", "kept"])
    keeping.pictures.changing.withLock { _ in
      for name in ["dddddd", "eeeee", "ffff"] { keeping.pictures.take(keeping.picture(name)) }
    }
    keeping.pictures.flush()
    #expect(try keeping.files == ["a", "b", "dddddd", "ffff"].map(\.digest).sorted())
    keeping.take(keeping.picture("c"))
    #expect(try keeping.files.contains("c".digest))
  }

  @Test func `what a crash has left is put in order at the next start`() throws {
    let folder = try TemporaryFolder()
    do {
      let keeping = try Keeping(in: folder)
      keeping.take(keeping.picture("whole"), keeping.picture("lost"))
      // The crash came between the file and its row, in the middle of a file, and somebody has removed a file by hand.
      try FileAccess.replace(keeping.path("orphan".digest), with: [1])
      try FileAccess.replace(keeping.path("\("half".digest).123-456.partial"), with: [1])
      try FileAccess.replace(keeping.path("somebody's notes"), with: [1])
      try FileManager.default.removeItem(atPath: keeping.path("lost".digest))
    }
    let keeping = try Keeping(in: folder)
    #expect(try keeping.files == ["somebody's notes", "whole".digest].sorted())
    #expect(try keeping.kept().map(\.digest) == ["whole".digest])
  }

  @Test func `a file that is gone comes back when it is rejected again`() throws {
    let keeping = try Keeping()
    keeping.take(keeping.picture("one"))
    try FileManager.default.removeItem(atPath: keeping.path("one".digest))
    keeping.take(keeping.picture("one"))
    #expect(try keeping.files == ["one".digest])
    #expect(try keeping.kept().map(\.count) == [2])
  }

  @Test func `a folder that cannot be written fails what comes, until it can`() throws {
    let keeping = try Keeping()
    try FileManager.default.removeItem(atPath: keeping.path(""))
    try FileAccess.replace(keeping.folder.path("state/review"), with: [])
    keeping.take(keeping.picture("one"))
    #expect(try keeping.kept().isEmpty)
    try FileManager.default.removeItem(atPath: keeping.folder.path("state/review"))
    keeping.take(keeping.picture("two"))
    #expect(keeping.outcomes == ["failed", "kept"])
    #expect(try keeping.files == ["two".digest])
  }

  @Test func `on a full disk nothing is kept and nothing is left behind, until there is room`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path("state"), withIntermediateDirectories: true)
    guard let disk = TinyDisk(at: folder.path("state"), bytes: 1 << 20) else { return }
    let keeping = try Keeping(in: folder)
    keeping.take(keeping.picture("one"))
    disk.fill()
    keeping.take(.example([UInt8](repeating: 7, count: 100_000)))
    #expect(keeping.outcomes == ["kept", "failed"])
    #expect(try keeping.files == ["one".digest])
    disk.empty()
    keeping.take(keeping.picture("two"))
    #expect(keeping.outcomes == ["kept", "failed", "kept"])
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }
}

extension GatewayConfiguration.Review {
  /// Settings with which pictures are kept.
  static func with(_ change: (inout Self) -> Void) -> Self {
    var settings = Self()
    settings.keeps = true
    change(&settings)
    return settings
  }
}

extension Keeping {
  /// Says of a picture that it is genuine, or something else.
  func review(
    _ name: String, _ kind: KeptRejection.Kind = .genuine, label: String? = "green", model: String = "colours"
  ) throws {
    let review = KeptRejection.Review(
      kind: kind, label: kind == .genuine ? label : nil, actor: "alice", time: now.withLock { $0 })
    _ = try #require(try state.rejections.review(review, model: model, digest: name.digest))
  }
}
