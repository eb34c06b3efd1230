@testable import Defence
import Foundation
import TestSupport
import Testing

@Suite struct VerdictDocumentTests {
  private let bundle: ModelBundle

  init() throws { bundle = try TinyBundle().bundle() }

  private func document(
    _ opinions: [Verdict.Opinion], policy: Policy = .calibrated, image: String? = nil,
    disclosure: ScoreDisclosure = .full
  ) -> String {
    let judgement = Judgement(studentLabel: 1, confidence: 0.123_456_789, opinions: opinions)
    var document = VerdictDocument(
      Verdict(judgement, policy: policy, threshold: 0.25), of: bundle.record, image: image, requestID: "r1",
      elapsed: 1.234_56)
    document.disclosure = disclosure
    return document.json()
  }

  /// What every document ends with.
  private var ending: String {
    #""model":{"name":"colours","version":1,"digest":"\#(bundle.digest)"},"request_id":"r1","elapsed_ms":1.235}"#
  }

  @Test func `an accepted picture's document has every member`() {
    let text = document([
      .init(id: "d02", score: 0.75, agrees: true), .init(id: "d01", score: 0.333_333_333_3, agrees: false),
    ])
    #expect(
      text == #"{"outcome":"accepted","label":"green","score":0.541667,"threshold":0.25,"#
        + #""student":{"label":"green","confidence":0.123457},"#
        + #""differentiators":[{"id":"d02","score":0.75,"agrees":true},"#
        + #"{"id":"d01","score":0.333333,"agrees":false}],"# + ending)
  }

  @Test func `a rejected one's label is null and a reason is given`() {
    let text = document([.init(id: "d01", score: 0.125, agrees: false)], image: "a/b.png")
    #expect(
      text == #"{"image":"a/b.png","outcome":"rejected","label":null,"reason":"score_below_threshold","score":0.125,"#
        + #""threshold":0.25,"student":{"label":"green","confidence":0.123457},"#
        + #""differentiators":[{"id":"d01","score":0.125,"agrees":false}],"# + ending)
  }

  @Test func `where nobody was asked score and threshold are null`() {
    let text = document([], policy: .vote)
    #expect(
      text == #"{"outcome":"accepted","label":"green","score":null,"threshold":null,"#
        + #""student":{"label":"green","confidence":0.123457},"differentiators":[],"# + ending)
  }

  @Test func `a vote has a score and no threshold`() {
    let text = document([.init(id: "d01", score: 0.875, agrees: false)], policy: .vote)
    #expect(text.contains(#""reason":"outvoted","score":0.875,"threshold":null"#))
  }

  @Test func `coarse scores are tenths`() {
    let text = document([.init(id: "d01", score: 0.875, agrees: true)], disclosure: .coarse)
    #expect(
      text == #"{"outcome":"accepted","label":"green","score":0.9,"threshold":0.3,"#
        + #""student":{"label":"green","confidence":0.1},"differentiators":[{"id":"d01","score":0.9,"agrees":true}],"#
        + ending)
  }

  @Test(arguments: [
    (0.875, #""accepted","label":"green","#), (0.125, #""rejected","label":null,"reason":"score_below_threshold","#),
  ])
  func `without disclosure there are no scores and nothing that a network said`(score: Double, answer: String) {
    let text = document([.init(id: "d01", score: score, agrees: true)], disclosure: .none)
    #expect(text == #"{"outcome":"# + answer + ending)
  }
}
