internal import Attacks
internal import Base
public import Defence
internal import Images

/// Threat model T1, measured: pictures that mimic others at the Student's cut layer, shown to the Student and its ensemble
/// (METHOD.md, "The mimicry attack").
public struct MimicryTrial: Sendable {
  /// Whether the attacker wants the target's label, or any wrong one.
  public enum Aim: String, Sendable, Codable, CaseIterable {
    /// The target's label.
    case targeted
    /// Any wrong label; of targets from five classes the one whose features come closest counts.
    case nonTargeted = "non-targeted"
  }

  /// How many sources are attacked.
  public var pairs = 200
  /// How often the network's gradient is taken for each.
  public var steps = 200
  /// The largest DSSIM between a picture and its source.
  public var budgets = [0.003, 0.01, 0.03]
  /// What the attacker wants.
  public var aim = Aim.targeted
  /// What sources and targets are drawn from.
  public var seed: UInt64 = 1
  /// How many threads attack.
  public var threads = 1

  /// A trial with the defaults that the properties state.
  public init() {}

  /// How many classes a non-targeted attack tries.
  private static let triedClasses = 5

  /// Attacks a bundle at each budget.
  ///
  /// - Parameters:
  ///   - items: labelled pictures at the input's size, not those that it was trained with; those that the Student gets
  ///     right are sources and targets.
  ///   - clean: what the pool says of them; it is asked if that is left out.
  ///   - progress: told the share, 0...1, of all steps that were taken.
  /// - Throws: ``DefenceError`` if the Student gets too few right, and what attack and engine throw.
  public func run(
    _ bundle: ModelBundle, _ pool: DefencePool, _ items: [TrainingData.Item], clean: [Judgement]? = nil,
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> [MimicryOutcome] {
    let pictures = items.map { bundle.manifest.input.fitted($0.picture) }
    let clean = try clean ?? pool.judge(pictures)
    let right = items.indices.filter { clean[$0].studentLabel == items[$0].label }
    guard Set(right.map { items[$0].label }).count > 1 else {
      throw DefenceError.data("the Student gets pictures of fewer than two labels right: there is nothing to attack")
    }
    let order = CounterGenerator(seed, 0x6d69_6d69).permutation(of: right.count)
    let sources = (0..<pairs).map { right[order[$0 % order.count]] }
    let classes = aim == .targeted ? 1 : min(Self.triedClasses, Set(right.map { items[$0].label }).count - 1)
    let targets = try MimicryAim.drawTargets(
      for: sources.map { items[$0].label }, among: right.map { items[$0].label }, classes: classes, seed: seed)
    let aims = zip(sources, targets).map { source, places in
      MimicryAim(source: pictures[source], targets: places.map { pictures[right[$0]] })
    }
    let format = bundle.manifest.input
    let mimicry = try Mimicry(
      bundle.student, cut: bundle.manifest.student.cut,
      input: NetworkInput(
        name: bundle.manifest.student.input, width: format.width, height: format.height, mean: format.mean,
        deviation: format.std))

    return try budgets.enumerated().map { number, budget in
      var settings = MimicrySettings(budget: budget)
      (settings.steps, settings.threads) = (steps, threads)
      let count = Double(budgets.count)
      let found = try mimicry.attack(aims, settings) {
        progress((Double(number) + Double($0.steps) / Double($0.total)) / count)
      }
      let judgements = try pool.judge(found.map(\.picture))
      var attacks: [MimicryOutcome.Attack] = []
      for (index, judgement) in judgements.enumerated() {
        let source = items[sources[index]].label
        let target = items[right[targets[index][found[index].target ?? 0]]].label
        attacks.append(
          MimicryOutcome.Attack(
            source: source, target: target, dissimilarity: found[index].dissimilarity,
            verdict: bundle.verdict(judgement),
            succeeds: aim == .targeted ? judgement.studentLabel == target : judgement.studentLabel != source,
            picture: found[index].picture))
      }
      return MimicryOutcome(budget: budget, aim: aim, attacks: attacks)
    }
  }
}
