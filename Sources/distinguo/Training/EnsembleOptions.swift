public import ArgumentParser
public import Defence

/// How an ensemble is laid out and how its scores become a verdict.
struct EnsembleOptions: ParsableArguments {
  enum ScopeKind: String, CaseIterable, ExpressibleByArgument {
    case all, pairwise, groups
    case oneVersusRest = "one-vs-rest"
  }

  @Option(help: "all, one-vs-rest (with --protect), pairwise or groups: which classes a differentiator tells apart.")
  var scopes = ScopeKind.all

  @Option(
    parsing: .upToNextOption,
    help: "The labels that one-vs-rest protects; --differentiators then counts for each of them.")
  var protect: [String] = []

  @Option(help: "How many classes a group has.")
  var groupSize: Int?

  @Option(help: "How many differentiators there are, instead of the preset's.")
  var differentiators: Int?

  @Option(help: "How many differentiators are asked about an image.")
  var asked = 5

  @Option(
    parsing: .upToNextOption, help: "Shares of each layer's channels that are removed, given out in turn.")
  var pruningRatio: [Double] = []

  @Option(help: "The share of clean pictures that may be rejected.")
  var alpha = 0.01

  @Option(help: "calibrated, or vote: how scores become a verdict.")
  var policy = Policy.calibrated

  func validate() throws {
    guard alpha > 0, alpha < 1 else {
      throw ValidationError("--alpha is \(alpha); it must be more than 0 and less than 1.")
    }
    let most = EnsembleLayout.largestCount
    for (option, number) in [("--asked", asked), ("--differentiators", differentiators ?? 1)] {
      guard (1...most).contains(number) else {
        throw ValidationError("\(option) is \(number); it must be 1 to \(most).")
      }
    }
    for ratio in pruningRatio where !(0..<1).contains(ratio) {
      throw ValidationError("--pruning-ratio is \(ratio); it must be at least 0 and less than 1.")
    }
    guard (scopes == .oneVersusRest) == !protect.isEmpty else {
      throw ValidationError("--protect LABEL… and --scopes one-vs-rest go together.")
    }
    guard groupSize == nil || scopes == .groups else {
      throw ValidationError("--group-size goes with --scopes groups.")
    }
  }

  func apply(to plan: inout TrainingPlan, labels: [String], preset: Preset) throws {
    plan.count = differentiators ?? preset.differentiators
    plan.asked = asked
    plan.alpha = alpha
    plan.policy = policy
    if !pruningRatio.isEmpty { plan.pruningRatios = pruningRatio }
    switch scopes {
    case .all: plan.scopes = .all
    case .pairwise: plan.scopes = .pairwise
    case .groups: plan.scopes = .groups(size: groupSize ?? max(2, (labels.count + 3) / 4))
    case .oneVersusRest:
      plan.scopes = .oneVersusRest(
        try protect.map { name in
          guard let index = labels.firstIndex(of: name) else {
            throw ValidationError("--protect '\(name)' is no label; there are: \(labels.joined(separator: ", ")).")
          }
          return index
        })
    }
  }
}

extension Policy: ExpressibleByArgument {}
