internal import Defence
internal import Foundation

/// Something that must hold of attacks that were made honestly; where it does not, the figures are not to be believed
/// (Carlini et al. 2019; Tramèr et al. 2020).
public struct HonestyCheck: Sendable, Hashable, Codable {
  /// Such as `grows-with-budget`.
  public var id: String
  /// What was looked at.
  public var subject: String
  /// Whether it holds.
  public var passed: Bool
  /// What was found, in a sentence.
  public var detail: String

  /// From how many attacks on a share can be told to a percent or so.
  private static let enoughAttempts = 300

  /// All that are to be made of a record.
  static func all(_ record: EvaluationRecord, _ figures: ReportFigures) -> [HonestyCheck] {
    let found = Dictionary(uniqueKeysWithValues: figures.attacks.map { ($0.id, $0) })
    let curves = AttackCurve.all(record.attacks)
    return curves.filter { $0.attacks.count > 1 }.map { grows($0, found) }
      + curves.filter(\.mustReachAll).map { reachesAll($0, found) }
      + record.attacks.flatMap { attack in beats(attack, record.attacks, found) }
      + withinBudget(record) + enough(record, figures)
  }

  /// Success, undefended or left, may not fall with the budget by more than their 95 % intervals allow.
  private static func grows(_ curve: AttackCurve, _ found: [String: AttackFigures]) -> HonestyCheck {
    let rates = curve.attacks.map { found[$0.id]!.success(for: $0) }
    let falls = zip(rates, rates.dropFirst()).contains { $1.high < $0.low }
    return HonestyCheck(
      id: "grows-with-budget", subject: curve.name, passed: !falls,
      detail: "success at \(curve.attacks.map { $0.budget.formatted() }.joined(separator: ", ")): "
        + rates.map { percent($0.share) }.joined(separator: ", "))
  }

  /// An attack that knows all weights and may change everything must succeed on every picture.
  private static func reachesAll(_ curve: AttackCurve, _ found: [String: AttackFigures]) -> HonestyCheck {
    let last = curve.attacks.last!
    let rate = found[last.id]!.success(for: last)
    return HonestyCheck(
      id: "reaches-all", subject: curve.name, passed: rate.of > 0 && rate.count == rate.of,
      detail: "\(rate.count) of \(rate.of) at the largest budget, \(last.budget.formatted())")
  }

  /// Who knows more must not do worse, by more than the intervals allow.
  private static func beats(
    _ attack: AttackRecord, _ all: [AttackRecord], _ found: [String: AttackFigures]
  ) -> [HonestyCheck] {
    attack.strongerThan.flatMap { name in
      all.filter {
        ($0.threat, $0.attack, $0.norm, $0.budget, $0.isTargeted)
          == (attack.threat, name, attack.norm, attack.budget, attack.isTargeted)
      }.map { weaker in
        let (own, other) = (found[attack.id]!.left, found[weaker.id]!.left)
        return HonestyCheck(
          id: "beats-weaker", subject: attack.id, passed: own.high >= other.low,
          detail: "\(percent(own.share)) accepted and wrong; \(weaker.id): \(percent(other.share))")
      }
    }
  }

  /// Distances are of the pictures in their files.
  private static func withinBudget(_ record: EvaluationRecord) -> [HonestyCheck] {
    let sets = Dictionary(grouping: record.verdicts, by: \.set)
    var (beyond, count) = ([String](), 0)
    for attack in record.attacks {
      for verdict in sets[attack.id] ?? [] {
        count += 1
        if (verdict.distance ?? .infinity) > attack.budget * (1 + 1e-9) {
          beyond.append("\(attack.id) \(verdict.index)")
        }
      }
    }
    guard count > 0 else { return [] }
    return [
      HonestyCheck(
        id: "within-budget", subject: "all attacks", passed: beyond.isEmpty,
        detail: beyond.isEmpty
          ? "\(count) pictures, read again from their files"
          : "\(beyond.count) of \(count) beyond it, the first: \(beyond[0])")
    ]
  }

  private static func enough(_ record: EvaluationRecord, _ figures: ReportFigures) -> [HonestyCheck] {
    zip(record.attacks, figures.attacks).filter { $0.0.threat == .t1 }.map { attack, found in
      HonestyCheck(
        id: "enough-attacks", subject: attack.id, passed: found.undefended.count >= enoughAttempts,
        detail: "\(found.undefended.count) attacks that fool the Student; \(enoughAttempts) are wanted")
    }
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
