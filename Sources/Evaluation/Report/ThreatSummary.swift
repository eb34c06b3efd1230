internal import Defence

/// What a report says first of a threat model: how the defence stands in the worst case, for who reads nothing else.
struct ThreatSummary {
  /// How the defence stands.
  enum Light: String {
    case holds
    case partly
    case falls
    /// Too few pictures to tell.
    case unclear

    /// The page's class.
    var style: String {
      switch self {
      case .holds: "good"
      case .partly, .unclear: "fair"
      case .falls: "bad"
      }
    }
  }

  let light: Light
  let text: String

  /// Up to which share of pictures that are accepted and wrong it holds, and beyond which it falls.
  private static let (holding, falling) = (0.02, 0.15)

  /// The worst of the attacks, and of any of them together, at the budget that such attacks are compared at: with a large
  /// one every attack succeeds.
  init(
    _ threat: AttackRecord.Threat, _ attacks: [AttackRecord], _ figures: ReportFigures, _ checks: [HonestyCheck]
  ) {
    let all = zip(attacks, figures.attacks).filter { $0.0.threat == threat && $0.1.attempts > 0 }
    let compared = all.filter { $0.0.norm != .linf || $0.0.budget == threat.comparedRadius }
    let own = compared.isEmpty ? all : compared
    let ids = Set(own.map(\.0.id))
    let single = own.map { (name: "\($0.0.attack) within \($0.0.budgetText)", left: $0.1.left, ids: [$0.0.id]) }
    let together = figures.worstCases.filter { !ids.isDisjoint(with: $0.attacks) }.map {
      (name: "any of \($0.attacks.count) attacks within \($0.norm.text($0.budget))", left: $0.left, ids: $0.attacks)
    }
    guard let worst = (single + together).max(by: { $0.left.share < $1.left.share }) else {
      (light, text) = (.unclear, "No such attack was made.")
      return
    }
    light = Self.light(worst.left)
    let undefended = own.filter { worst.ids.contains($0.0.id) }.map(\.1.undefended).max { $0.share < $1.share }
    let flags = checks.count { check in
      !check.passed && (check.subject == HonestyCheck.allAttacks || check.subject.hasPrefix(threat.rawValue))
    }
    text =
      "At worst, \(worst.left.brief) of \(worst.left.of) pictures are answered with a wrong label: \(worst.name). "
      + "Without the gateway it would be \(undefended?.brief ?? "–")"
      + (worst.ids.count > 1 ? " or more." : ".")
      + (flags > 0 ? " Read with care: \(flags) of the checks of these attacks are flagged." : "")
  }

  /// Few pictures without a success do not show that it holds: there the interval reaches to where it would fall.
  static func light(_ left: Rate) -> Light {
    if left.share > falling { return .falls }
    if left.share > holding { return .partly }
    return left.high <= falling ? .holds : .unclear
  }
}

extension AttackRecord.Threat {
  /// The L∞ radius that the literature compares at, in pixel values: 8, or for attackers who know the defence 4.
  var comparedRadius: Double { self == .t3 || self == .t4 ? 4 : 8 }

  /// Who it is.
  var attacker: String {
    switch self {
    case .t1: "knows the public Teacher and the cut layer"
    case .t2: "trains classifiers of their own from the Teacher"
    case .t3: "trains the whole defence of their own, by the same recipe"
    case .t4: "knows everything, weights included"
    case .t5: "has nothing but the HTTP interface"
    }
  }
}
