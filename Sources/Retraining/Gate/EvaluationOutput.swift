internal import Foundation
internal import StateStore

/// What `distinguo evaluate --json` prints, as far as the gate needs it.
struct EvaluationOutput: Decodable {
  struct Clean: Decodable {
    let studentAccuracy: GateReport.Share
    let endToEndAccuracy: GateReport.Share
    let cleanRejectionRate: GateReport.Share
  }

  struct Attack: Decodable {
    let defenceRate: GateReport.Share
  }

  let version: Int
  let clean: Clean
  let attacks: [Attack]
  let feedbackRejectionRate: GateReport.Share?

  /// - Throws: DecodingError if it is something else.
  static func figures(_ bytes: [UInt8]) throws -> GateReport.Figures {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let output = try decoder.decode(Self.self, from: Data(bytes))
    return GateReport.Figures(
      version: output.version, studentAccuracy: output.clean.studentAccuracy,
      endToEndAccuracy: output.clean.endToEndAccuracy, cleanRejectionRate: output.clean.cleanRejectionRate,
      // There is one budget, so one attack, or none.
      defenceRate: output.attacks.first?.defenceRate, feedbackRejectionRate: output.feedbackRejectionRate)
  }
}
