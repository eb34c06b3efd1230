import Defence
import Evaluation
import Foundation

/// What `distinguo evaluate` prints.
struct EvaluationReport: Encodable {
  struct Attack: Encodable {
    let threat = "T1"
    let attack = "mimicry"
    let aim: String
    let budget: Double
    let steps: Int
    let undefendedSuccess: Rate
    let defenceRate: Rate
    let successLeft: Rate
    let agreement: Rate
  }

  let model: String
  let version: Int
  let digest: String
  let seed: UInt64
  let clean: CleanMeasurement
  let attacks: [Attack]
  /// Of the pictures that people called adversarial, those that are rejected; null in JSON if there were none.
  let feedbackRejectionRate: Rate?

  private enum CodingKeys: CodingKey {
    case model, version, digest, seed, clean, attacks, feedbackRejectionRate
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(model, forKey: .model)
    try container.encode(version, forKey: .version)
    try container.encode(digest, forKey: .digest)
    try container.encode(seed, forKey: .seed)
    try container.encode(clean, forKey: .clean)
    try container.encode(attacks, forKey: .attacks)
    try container.encode(feedbackRejectionRate, forKey: .feedbackRejectionRate)
  }

  init(
    bundle: ModelBundle, measured: CleanMeasurement, outcomes: [MimicryOutcome], steps: Int, seed: UInt64,
    feedback: Rate?
  ) {
    model = bundle.manifest.name
    version = bundle.manifest.version
    digest = bundle.digest
    self.seed = seed
    clean = measured
    feedbackRejectionRate = feedback
    attacks = outcomes.map { outcome in
      Attack(
        aim: outcome.aim.rawValue, budget: outcome.budget, steps: steps, undefendedSuccess: outcome.undefended,
        defenceRate: outcome.defenceRate, successLeft: outcome.left, agreement: outcome.agreement)
    }
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  func text() -> String {
    func cell(_ rate: Rate) -> String {
      String(
        format: "%d/%d  %.2f %% (%.2f–%.2f)", rate.count, rate.of, 100 * rate.share, 100 * rate.low, 100 * rate.high)
    }
    var table = TextTable(["\(clean.data), \(model) \(version)", "share (95 % interval)"])
    table.add(["Student accuracy", cell(clean.studentAccuracy)])
    table.add(["end-to-end accuracy: accepted and right", cell(clean.endToEndAccuracy)])
    table.add(["clean rejection rate", cell(clean.cleanRejectionRate)])
    if let feedbackRejectionRate {
      table.add(["of those called adversarial, rejected", cell(feedbackRejectionRate)])
    }
    guard !attacks.isEmpty else { return table.text }
    var attacked = TextTable(["T1 mimicry, DSSIM ≤", "fools the Student", "of those rejected", "success left"])
    for attack in attacks {
      attacked.add([
        "\(attack.budget) \(attack.aim)", cell(attack.undefendedSuccess), cell(attack.defenceRate),
        cell(attack.successLeft),
      ])
    }
    return table.text + "\n\n" + attacked.text
  }
}
