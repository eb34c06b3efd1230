internal import Attacks
internal import Defence
internal import Foundation
internal import Images

/// Threat model T5: who has nothing but the HTTP interface asks a running gateway, and counts the questions.
struct QueryAttacks {
  let bundle: ModelBundle
  let settings: EvaluationSettings
  /// See ``EvaluationRun/gateway``.
  let gateway: EvaluationRun.Gateway

  /// How many pictures HopSkipJump attacks at a time: so many that a gateway always has something to do.
  private static let walks = 4

  /// Square under every disclosure of scores, for what hiding them costs the attacker; HopSkipJump, which needs none, where
  /// none are shown.
  ///
  /// - Parameter sources: as many as ``EvaluationSettings/querySources`` at least.
  func attacks(_ sources: [AttackSource]) -> [PlannedAttack] {
    let square = ScoreDisclosure.allCases.flatMap { disclosure in
      settings.squareBudgets.map { radius in
        planned(
          "square", .linf, radius, disclosure, sources, "Square: random squares, kept where the answer comes nearer"
        ) { oracle, goals, _, seed, queries, progress in
          var attack = SquareAttack(radius: radius, queries: queries)
          attack.seed = seed
          let found = try attack.attack(oracle, goals) { try progress(Double($0.steps) / Double($0.total)) }
          return found.map { PlannedAttack.Made(picture: $0.picture, queries: $0.queries) }
        }
      }
    }
    let hops =
      settings.hopSkipJumpBudgets.map { (GradientSettings.Norm.l2, $0) }
      + settings.hopSkipJumpPixelBudgets.map { (GradientSettings.Norm.linf, $0) }
    return square
      + hops.map { norm, radius in
        planned(
          "hopskipjump", norm == .l2 ? .l2 : .linf, radius, .none, sources,
          "HopSkipJump: from genuine pictures of other labels along the boundary, by what is accepted alone"
        ) { oracle, goals, starts, seed, queries, progress in
          var attack = HopSkipJump(norm, queries: queries)
          (attack.radius, attack.seed, attack.walks) = (radius, seed, Self.walks)
          let found = try attack.attack(oracle, goals, from: starts) {
            try progress(Double($0.steps) / Double($0.total))
          }
          return zip(goals, found).map { goal, one in
            // Too far away is not found.
            let isNear = one.succeeds && one.distance <= radius
            return PlannedAttack.Made(picture: isNear ? one.picture : goal.picture, queries: one.queries)
          }
        }
      }
  }

  private typealias Attack = (
    _ oracle: GatewayOracle, _ goals: [AttackGoal], _ starts: [[Picture]], _ seed: UInt64, _ queries: Int,
    _ progress: @escaping @Sendable (Double) throws -> Void
  ) throws -> [PlannedAttack.Made]

  private func planned(
    _ name: String, _ norm: AttackRecord.Norm, _ radius: Double, _ disclosure: ScoreDisclosure,
    _ sources: [AttackSource], _ method: String, _ attack: @escaping Attack
  ) -> PlannedAttack {
    let queries = settings.queries
    let record = AttackRecord(
      id: String(format: "T5/%@-%@/%@-%g", name, disclosure.rawValue, norm.rawValue, radius), threat: .t5, attack: name,
      isTargeted: false, norm: norm, budget: radius, steps: queries, method: method, strongerThan: [],
      disclosure: disclosure.rawValue, seconds: 0)
    return PlannedAttack(
      record: record, sources: Array(sources.prefix(settings.querySources)), cost: 0.8 * Double(queries),
      make: { [gateway, labels = bundle.manifest.labels] sources, seed, progress in
        let oracle = GatewayOracle(ask: { try gateway(disclosure, $0) }, labels: labels)
        let goals = sources.map { AttackGoal($0.picture, label: $0.label, target: nil) }
        let starts = sources.map { $0.targets.map(\.picture) }
        return try attack(oracle, goals, starts, seed, queries, progress)
      })
  }
}
