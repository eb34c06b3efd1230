@testable import Defence
import Foundation
import Testing

@Suite struct VerdictDocumentTests {
  private let bundle: ModelBundle

  init() throws { bundle = try TinyBundle().bundle() }

  private func document(
    _ opinions: [Verdict.Opinion], policy: Policy = .calibrated, image: String? = nil
  ) throws -> String {
    let judgement = Judgement(studentLabel: 1, confidence: 0.123_456_789, opinions: opinions)
    return try VerdictDocument(
      Verdict(judgement, policy: policy, threshold: 0.25), of: bundle, image: image, requestID: "r1", elapsed: 1.234_56
    ).json()
  }

  private var model: String {
    #""model":{"digest":"\#(bundle.digest)","name":"colours","version":1},"#
  }

  @Test func `an accepted picture's document has every member`() throws {
    let text = try document([
      .init(id: "d02", score: 0.75, agrees: true), .init(id: "d01", score: 0.333_333_333_3, agrees: false),
    ])
    #expect(
      text == #"{"differentiators":[{"agrees":true,"id":"d02","score":0.75},"#
        + #"{"agrees":false,"id":"d01","score":0.333333}],"elapsed_ms":1.235,"label":"green","# + model
        + #""outcome":"accepted","request_id":"r1","score":0.541667,"#
        + #""student":{"confidence":0.123457,"label":"green"},"threshold":0.25}"#)
  }

  @Test func `a rejected one's label is null and a reason is given`() throws {
    let text = try document([.init(id: "d01", score: 0.125, agrees: false)], image: "a/b.png")
    #expect(
      text == #"{"differentiators":[{"agrees":false,"id":"d01","score":0.125}],"elapsed_ms":1.235,"image":"a/b.png","#
        + #""label":null,"# + model + #""outcome":"rejected","reason":"score_below_threshold","request_id":"r1","#
        + #""score":0.125,"student":{"confidence":0.123457,"label":"green"},"threshold":0.25}"#)
  }

  @Test func `where nobody was asked score and threshold are null`() throws {
    let text = try document([], policy: .vote)
    #expect(
      text == #"{"differentiators":[],"elapsed_ms":1.235,"label":"green","# + model
        + #""outcome":"accepted","request_id":"r1","score":null,"#
        + #""student":{"confidence":0.123457,"label":"green"},"threshold":null}"#)
  }

  @Test func `a vote has a score and no threshold`() throws {
    let text = try document([.init(id: "d01", score: 0.875, agrees: false)], policy: .vote)
    #expect(text.contains(#""reason":"outvoted""#) && text.contains(#""score":0.875,"student""#))
    #expect(text.contains(#""threshold":null"#))
  }
}
