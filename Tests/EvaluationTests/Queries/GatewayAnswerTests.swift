import Testing

@testable import Evaluation

@Suite struct GatewayAnswerTests {
  private func answer(_ json: String) throws -> GatewayAnswer {
    try GatewayAnswer.all(in: Array(json.utf8), of: 1)[0]
  }

  private let right =
    #"{"outcome":"accepted","label":"stop","score":0.9,"threshold":0.3,"#
    + #""student":{"label":"stop","confidence":0.8},"differentiators":[]}"#
  private let surer =
    #"{"outcome":"accepted","label":"stop","score":0.9,"threshold":0.3,"#
    + #""student":{"label":"stop","confidence":0.95}}"#
  private let rejected =
    #"{"outcome":"rejected","label":null,"reason":"low_score","score":0.1,"threshold":0.3,"#
    + #""student":{"label":"yield","confidence":0.8}}"#
  private let nearer =
    #"{"outcome":"rejected","label":null,"reason":"low_score","score":0.29,"threshold":0.3,"#
    + #""student":{"label":"yield","confidence":0.2}}"#
  private let wrong =
    #"{"outcome":"accepted","label":"yield","score":0.9,"threshold":0.3,"#
    + #""student":{"label":"yield","confidence":0.8}}"#

  @Test func `what is nearer to accepted and wrong is worth more`() throws {
    let answers = try [surer, right, rejected, nearer, wrong].map { try answer($0).value(label: "stop", target: nil) }
    #expect(answers.map(\.value) == answers.map(\.value).sorted())
    #expect(Set(answers.map(\.value)).count == 5)
    #expect(answers.map(\.succeeds) == [false, false, false, false, true])
  }

  @Test func `with a target only its label succeeds`() throws {
    #expect(try answer(wrong).value(label: "stop", target: "yield").succeeds)
    let other = try answer(wrong).value(label: "stop", target: "turn")
    #expect(!other.succeeds && other.value == -1.8)
  }

  @Test func `where no scores are shown only three things are told apart`() throws {
    let hidden = try [
      #"{"outcome":"accepted","label":"stop"}"#, #"{"outcome":"rejected","label":null,"reason":"low_score"}"#,
      #"{"outcome":"accepted","label":"yield"}"#,
    ].map { try answer($0).value(label: "stop", target: nil) }
    #expect(hidden.map(\.value) == [-2, -1, 2])
    #expect(hidden.map(\.succeeds) == [false, false, true])
  }

  @Test func `several verdicts are read in order`() throws {
    let body = #"{"verdicts":[\#(right),\#(rejected)],"request_id":"x","elapsed_ms":1}"#
    #expect(try GatewayAnswer.all(in: Array(body.utf8), of: 2).map(\.outcome) == ["accepted", "rejected"])
  }

  @Test(arguments: [
    #"{"verdicts":[{"outcome":"accepted"},{"type":"about:blank","title":"Bad Request","status":400}]}"#,
    #"{"verdicts":[{"outcome":"accepted"}]}"#, #"{"outcome":"accepted"}"#, "Hello", "",
  ]) func `an answer without a verdict for each picture is refused`(_ body: String) {
    #expect(throws: QueryError.answer(body, pictures: 2)) { try GatewayAnswer.all(in: Array(body.utf8), of: 2) }
    #expect("\(QueryError.answer(body, pictures: 2))".hasSuffix("as many verdicts: \(body)"))
  }
}
