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

  /// The subject of what is looked at in all attacks together.
  static let allAttacks = "all attacks"

  /// From how many attacks on a share can be told to a percent or so.
  private static let enoughAttempts = 300

  /// All that are to be made of a record.
  static func all(_ record: EvaluationRecord, _ figures: ReportFigures) -> [HonestyCheck] {
    let found = Dictionary(uniqueKeysWithValues: figures.attacks.map { ($0.id, $0) })
    let sets = Dictionary(grouping: record.verdicts, by: \.set)
    let curves = AttackCurve.all(record.attacks)
    return curves.filter { $0.attacks.count > 1 }.map { grows($0, found) }
      + curves.filter(\.mustReachAll).map { reachesAll($0, found) }
      + record.attacks.flatMap { attack in beats(attack, record.attacks, sets) }
      + withinBudget(record.attacks + record.priorAttacks, sets) + enough(record, figures)
  }

  /// Success, undefended or left, at one budget may not be below that at any smaller one by more than their 95 % intervals
  /// allow.
  private static func grows(_ curve: AttackCurve, _ found: [String: AttackFigures]) -> HonestyCheck {
    let rates = curve.attacks.map { found[$0.id]!.success(for: $0) }
    let falls = rates.indices.contains { later in rates[..<later].contains { rates[later].high < $0.low } }
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

  /// Who knows more must not do worse at what they aim at, on the same pictures, by more than the intervals allow.
  private static func beats(
    _ attack: AttackRecord, _ all: [AttackRecord], _ sets: [String: [VerdictRecord]]
  ) -> [HonestyCheck] {
    let own = sets[attack.id] ?? []
    let rivals = all.filter {
      ($0.threat, $0.norm, $0.budget, $0.isTargeted, $0.disclosure)
        == (attack.threat, attack.norm, attack.budget, attack.isTargeted, attack.disclosure)
        && attack.strongerThan.contains($0.attack)
    }
    return rivals.compactMap { rival in
      let other = sets[rival.id] ?? []
      let common = Set(own.map(\.index)).intersection(other.map(\.index))
      guard !common.isEmpty else { return nil }
      func success(_ verdicts: [VerdictRecord]) -> Rate {
        Rate(verdicts.count { common.contains($0.index) && attack.isWon(by: $0) }, of: common.count)
      }
      let (mine, theirs) = (success(own), success(other))
      return HonestyCheck(
        id: "beats-weaker", subject: attack.id, passed: mine.high >= theirs.low,
        detail: "\(attack.aimsAtDefence ? "accepted and wrong" : "fools the Student"): \(mine.count) of \(mine.of); "
          + "\(rival.id): \(theirs.count)")
    }
  }

  /// Distances are of the pictures in their files.
  private static func withinBudget(
    _ attacks: [AttackRecord], _ sets: [String: [VerdictRecord]]
  ) -> [HonestyCheck] {
    var (beyond, count) = ([String](), 0)
    for attack in attacks {
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
        id: "within-budget", subject: allAttacks, passed: beyond.isEmpty,
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
