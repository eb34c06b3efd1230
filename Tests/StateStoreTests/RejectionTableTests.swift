import Foundation
import TestSupport
import Testing

@testable import StateStore

@Suite struct RejectionTableTests {
  let folder: TemporaryFolder
  let rejections: RejectionTable

  init() throws {
    folder = try TemporaryFolder()
    rejections = try StateDatabase(folder: folder.state).rejections
  }

  @Test func `a rejection is read as it was written, in every part`() throws {
    let rejection = KeptRejection.sample(
      "aa", review: .init(kind: .genuine, label: "rose", actor: "alice", time: moment + 0.7))
    #expect(try rejections.keep(rejection) == rejection)
    #expect(try rejections.rejection(model: "flowers", digest: "aa") == rejection)
    #expect(try rejections.rejection(model: "signs", digest: "aa") == nil)
    #expect(try rejections.keep(.sample("bb")) == .sample("bb"))
  }

  @Test func `the same file a second time is counted, once for each model`() throws {
    try rejections.keep(.sample("aa"))
    try rejections.keep(.sample("aa", model: "signs"))
    var later = KeptRejection.sample("aa", time: moment + 60)
    #expect(try rejections.keep(later).count == 2)
    later.count = 3
    #expect(try rejections.keep(later).count == 5)
    #expect(try rejections.list().map(\.count) == [1, 5])
    #expect(try rejections.rejection(model: "flowers", digest: "aa")?.time == moment)
    #expect(try rejections.stored() == (1, 100))
  }

  @Test func `a review stays, can be changed and taken back, and survives another rejection`() throws {
    try rejections.keep(.sample("aa"))
    let genuine = KeptRejection.Review(kind: .genuine, label: "rose", actor: "alice", time: moment)
    #expect(try rejections.review(genuine, model: "flowers", digest: "aa")?.review == genuine)
    #expect(try rejections.keep(.sample("aa")).review == genuine)
    let adversarial = KeptRejection.Review(kind: .adversarial, label: nil, actor: "bob", time: moment + 1)
    #expect(try rejections.review(adversarial, model: "flowers", digest: "aa")?.review == adversarial)
    #expect(try rejections.rejection(model: "flowers", digest: "aa")?.review == adversarial)
    #expect(try rejections.review(nil, model: "flowers", digest: "aa")?.review == nil)
    #expect(try rejections.rejection(model: "flowers", digest: "aa")?.review == nil)
    #expect(try rejections.review(genuine, model: "flowers", digest: "bb") == nil)
  }

  @Test func `the list has the newest first, by model and review, page by page`() throws {
    for digest in ["dd", "aa", "cc"] { try rejections.keep(.sample(digest)) }
    try rejections.keep(.sample("bb", model: "signs"))
    try review("aa", .genuine)
    try review("cc", .adversarial)
    #expect(try rejections.list().map(\.digest) == ["bb", "cc", "aa", "dd"])
    #expect(try rejections.list(limit: 2).map(\.digest) == ["bb", "cc"])
    let cc = RejectionKey(model: "flowers", digest: "cc")
    #expect(try rejections.list(before: cc, limit: 2).map(\.digest) == ["aa", "dd"])
    #expect(try rejections.list(model: "flowers", review: .unreviewed).map(\.digest) == ["dd"])
    #expect(try rejections.list(review: .genuine).map(\.digest) == ["aa"])
    #expect(try rejections.list(review: .adversarial, before: cc).isEmpty)
    #expect(try rejections.list(before: RejectionKey(model: "signs", digest: "cc")).isEmpty)
  }

  @Test func `the figures say what people said, of all and of one model`() throws {
    for digest in ["aa", "bb", "cc", "dd"] { try rejections.keep(.sample(digest)) }
    try rejections.keep(.sample("aa", model: "signs"))
    try review("aa", .genuine)
    try review("bb", .adversarial)
    try review("cc", .adversarial)
    #expect(try rejections.figures() == ReviewFigures(kept: 5, unreviewed: 2, confirmed: 2, overturned: 1))
    #expect(try rejections.figures(model: "signs") == ReviewFigures(kept: 1, unreviewed: 1))
    try rejections.remove(model: "flowers", digest: "aa")
    try rejections.remove(model: "flowers", digest: "aa")
    #expect(try rejections.figures() == ReviewFigures(kept: 4, unreviewed: 2, confirmed: 2))
    #expect(try rejections.contains(digest: "aa"))
    try rejections.remove(model: "signs", digest: "aa")
    #expect(try !rejections.contains(digest: "aa"))
  }

  @Test func `those without a review go first, the oldest before the newer`() throws {
    for (seconds, digest) in [(3.0, "cc"), (1, "aa"), (2, "bb"), (0, "dd")] {
      try rejections.keep(.sample(digest, bytes: 7, time: moment + seconds))
    }
    try review("dd", .genuine)
    #expect(try rejections.oldest(limit: 10).map(\.digest) == ["aa", "bb", "cc", "dd"])
    #expect(try rejections.oldest(limit: 1).map(\.digest) == ["aa"])
    #expect(try rejections.expired(before: moment + 2, limit: 10).map(\.digest) == ["dd", "aa"])
    #expect(try rejections.stored() == (4, 28))
  }

  private func review(_ digest: String, _ kind: KeptRejection.Kind) throws {
    let label = kind == .genuine ? "rose" : nil
    _ = try rejections.review(
      .init(kind: kind, label: label, actor: "alice", time: moment), model: "flowers", digest: digest)
  }
}
