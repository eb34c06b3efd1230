internal import Foundation

/// What a gateway's client sees of a verdict: as much as its disclosure of scores leaves.
struct GatewayAnswer: Decodable, Hashable {
  struct Student: Decodable, Hashable {
    var label: String
    var confidence: Double
  }

  /// `accepted` or `rejected`.
  var outcome: String
  /// The label, if it is accepted.
  var label: String?
  /// The differentiators' scores as one; nil where it is not shown, or no differentiator was asked.
  var score: Double?
  /// What it was compared with.
  var threshold: Double?
  /// What the Student says; nil where that is not shown.
  var student: Student?

  /// The verdicts of a body of `POST …/classify` about so many pictures.
  ///
  /// - Throws: ``QueryError/answer(_:pictures:)`` if it has not one for each: a part of the request was refused.
  static func all(in body: [UInt8], of count: Int) throws -> [GatewayAnswer] {
    struct Several: Decodable { let verdicts: [GatewayAnswer] }
    let (decoder, data) = (JSONDecoder(), Data(body))
    let answers =
      (try? decoder.decode(Several.self, from: data).verdicts)
      ?? (try? [decoder.decode(GatewayAnswer.self, from: data)])
    guard let answers, answers.count == count else {
      throw QueryError.answer(String(decoding: body.prefix(1000), as: UTF8.self), pictures: count)
    }
    return answers
  }

  /// Whether the attacker has what they want, and how near that is.
  ///
  /// First the Student has to be fooled, so below −1 it is how sure it is of something else; from −1 to 1 it is how far the
  /// score is above the threshold. Where nothing is shown, a rejection is nearer than the right label.
  /// - Parameter label: the right one.
  /// - Parameter target: the wanted one; nil for any wrong one.
  func value(label: String, target: String?) -> (succeeds: Bool, value: Double) {
    func isWanted(_ name: String) -> Bool { target.map { name == $0 } ?? (name != label) }
    if outcome == "accepted", let own = self.label, isWanted(own) { return (true, 2) }
    guard let student else { return (false, outcome == "accepted" ? -2 : -1) }
    guard isWanted(student.label) else { return (false, -1 - student.confidence) }
    return (false, (score ?? 0) - (threshold ?? 0))
  }
}
