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

  /// One attack, or several of which any may succeed.
  private struct Case {
    let name: String
    let left: Rate
    /// What fools the Student; of several attacks, the best one's.
    let undefended: Rate
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
    let single = own.map {
      Case(
        name: "\($0.0.attack)\($0.0.isTargeted ? ", targeted," : "") within \($0.0.budgetText)", left: $0.1.left,
        undefended: $0.1.undefended)
    }
    let together = figures.worstCases.filter { !ids.isDisjoint(with: $0.attacks) }.map { worst in
      let members = own.filter { worst.attacks.contains($0.0.id) }
      return Case(
        name: "any of \(worst.attacks.count) attacks within \(worst.norm.text(worst.budget))", left: worst.left,
        undefended: members.map(\.1.undefended).max { $0.share < $1.share } ?? Rate(0, of: 0))
    }
    // Of those that leave as much, the one of most pictures, then the one that the gateway stops most of.
    let order = { (one: Case, other: Case) in
      (one.left.share, one.left.of, one.undefended.share) < (other.left.share, other.left.of, other.undefended.share)
    }
    guard let worst = (single + together).max(by: order) else {
      (light, text) = (.unclear, "No such attack was made.")
      return
    }
    light = Self.light(worst.left)
    let flags = checks.count { check in
      !check.passed && (check.subject == HonestyCheck.allAttacks || check.subject.hasPrefix(threat.rawValue))
    }
    text =
      "At worst, \(worst.left.brief) of \(worst.left.of) pictures are answered with a wrong label: \(worst.name). "
      + "Without the gateway \(worst.undefended.brief) of them would be."
      + (flags > 0 ? " Read with care: checks of these attacks are flagged (\(flags))." : "")
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
