internal import Base
public import Defence

/// All figures of a report, computed from the verdicts alone.
public struct ReportFigures: Sendable, Hashable, Codable {
  /// One kind of harmless noise.
  public struct Noise: Sendable, Hashable, Codable {
    /// Such as `jpeg-50`.
    public var kind: String
    /// Pictures that the Student still gets right which are rejected.
    public var rejected: Rate
  }

  /// A prior defence on clean pictures.
  public struct Baseline: Sendable, Hashable, Codable {
    /// Its name.
    public var name: String
    /// Clean pictures that the Student gets right which it rejects.
    public var cleanRejectionRate: Rate
  }

  /// What is left of an attack on a prior defence by who knows all of it.
  public struct PriorAttack: Sendable, Hashable, Codable {
    /// The attack's id.
    public var id: String
    /// Attacks that fool the Student, of all.
    public var undefended: Rate
    /// Those that do, and that the prior defence accepts, of all.
    public var left: Rate
  }

  /// All attacks of one threat model at one budget together.
  public struct WorstCase: Sendable, Hashable, Codable {
    /// The threat model.
    public var threat: AttackRecord.Threat
    /// What the budget limits.
    public var norm: AttackRecord.Norm
    /// The largest distance.
    public var budget: Double
    /// The attacks' ids.
    public var attacks: [String]
    /// Sources of which any attack is accepted and wrong, of those that all of these attacks were made from.
    public var left: Rate
  }

  /// On clean pictures.
  public var clean: CleanMeasurement
  /// Student accuracy less end-to-end accuracy, in points of a hundred.
  public var accuracyLost: Double
  /// The same on average over selection keys; nil if there are too many choices of differentiators to look at.
  public var expectedAccuracyLost: Double?
  /// Harmless noise.
  public var noise: [Noise]
  /// The prior defences.
  public var baselines: [Baseline]
  /// Each attack, in the record's order.
  public var attacks: [AttackFigures]
  /// Each attack on a prior defence, in the record's order.
  public var priorAttacks: [PriorAttack]
  /// Per picture, the worst of several attacks.
  public var worstCases: [WorstCase]

  /// Computes them.
  public init(_ record: EvaluationRecord) {
    let sets = Dictionary(grouping: record.verdicts, by: \.set)
    let clean = sets["clean"] ?? []
    let right = clean.filter { $0.student == $0.label }
    let accepted = right.count { $0.accepted }
    self.clean = CleanMeasurement(
      data: record.run.data, studentRight: right.count, accepted: accepted, of: clean.count)
    accuracyLost = clean.isEmpty ? 0 : 100 * Double(right.count - accepted) / Double(clean.count)
    expectedAccuracyLost = KeyedChoices(run: record.run).accuracyLost(clean)
    noise = sets.keys.filter { $0.hasPrefix("noise/") }.sorted().map { set in
      let right = sets[set]!.filter { $0.student == $0.label }
      return Noise(
        kind: String(set.dropFirst("noise/".count)), rejected: Rate(right.count { !$0.accepted }, of: right.count))
    }
    baselines = record.baselines.map { one in
      let scores = right.compactMap { $0.baselines[one.name] }
      return Baseline(
        name: one.name, cleanRejectionRate: Rate(scores.count { $0 < one.threshold }, of: scores.count))
    }
    attacks = record.attacks.map { attack in
      AttackFigures(
        attack.id, sets[attack.id] ?? [], genuine: right, baselines: record.baselines,
        differentiators: record.run.differentiators.count)
    }
    priorAttacks = record.priorAttacks.map { attack in
      let verdicts = sets[attack.id] ?? []
      let fooling = verdicts.filter(\.foolsStudent)
      let defence = record.baselines.first { $0.name == attack.against }
      let left = fooling.count { verdict in
        guard let defence, let score = verdict.baselines[defence.name] else { return false }
        return score >= defence.threshold
      }
      return PriorAttack(
        id: attack.id, undefended: Rate(fooling.count, of: verdicts.count), left: Rate(left, of: verdicts.count))
    }
    worstCases = Self.worstCases(record.attacks, sets)
  }

  private static func worstCases(_ attacks: [AttackRecord], _ sets: [String: [VerdictRecord]]) -> [WorstCase] {
    var groups: [(key: AttackRecord, members: [AttackRecord])] = []
    for attack in attacks {
      let place = groups.firstIndex {
        ($0.key.threat, $0.key.norm, $0.key.budget) == (attack.threat, attack.norm, attack.budget)
      }
      if let place { groups[place].members.append(attack) } else { groups.append((attack, [attack])) }
    }
    return groups.filter { $0.members.count > 1 }.map { key, members in
      let verdicts = members.map { sets[$0.id] ?? [] }
      // A picture may be a source several times, with other targets: the number in the attack tells them apart.
      let common = verdicts.map { Set($0.map(\.index)) }.reduce(Set(verdicts[0].map(\.index))) { $0.intersection($1) }
      let fallen = Set(verdicts.joined().filter(\.succeeds).map(\.index)).intersection(common)
      return WorstCase(
        threat: key.threat, norm: key.norm, budget: key.budget, attacks: members.map(\.id),
        left: Rate(fallen.count, of: common.count))
    }
  }
}
