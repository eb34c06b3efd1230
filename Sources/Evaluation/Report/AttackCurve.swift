internal import Defence

/// Attacks that differ in their budget alone, by ascending budgets.
struct AttackCurve {
  let attacks: [AttackRecord]

  /// Such as `T4 joint-apgd, non-targeted`.
  var name: String {
    let first = attacks[0]
    let disclosure = first.disclosure.map { ", scores \($0)" } ?? ""
    return "\(first.threat.rawValue) \(first.attack), \(first.isTargeted ? "targeted" : "non-targeted")\(disclosure)"
  }

  /// Whether it must succeed on all pictures in the end: attacks that know all weights.
  var mustReachAll: Bool { attacks[0].threat == .t4 }

  /// In the order in which their first attacks come.
  static func all(_ attacks: [AttackRecord]) -> [AttackCurve] {
    var groups: [[AttackRecord]] = []
    for attack in attacks {
      let place = groups.firstIndex { group in
        let first = group[0]
        return (first.threat, first.attack, first.isTargeted, first.norm) == (
          attack.threat, attack.attack, attack.isTargeted, attack.norm
        ) && first.disclosure == attack.disclosure
      }
      if let place { groups[place].append(attack) } else { groups.append([attack]) }
    }
    return groups.map { group in AttackCurve(attacks: group.sorted { $0.budget < $1.budget }) }
  }
}

extension AttackFigures {
  /// The share that tells whether an attack works: accepted and wrong for one that aims at the whole defence, wrong for one
  /// that is blind to it.
  func success(for attack: AttackRecord) -> Rate { attack.aimsAtDefence ? left : undefended }
}

extension AttackRecord {
  /// Whether it optimises against the differentiators, too.
  var aimsAtDefence: Bool { [.t3, .t4, .t5].contains(threat) && attack != "pgd-student" }

  /// Whether a picture does what the attack is after.
  func isWon(by verdict: VerdictRecord) -> Bool { aimsAtDefence ? verdict.succeeds : verdict.foolsStudent }
}
