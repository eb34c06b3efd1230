public import ArgumentParser
public import Defence

/// How an ensemble is laid out and how its scores become a verdict.
struct EnsembleOptions: ParsableArguments {
  enum ScopeKind: String, CaseIterable, ExpressibleByArgument {
    case all, pairwise, groups
    case oneVersusRest = "one-vs-rest"
  }

  @Option(
    help: """
      all (the default), one-vs-rest (with --protect), pairwise or groups: which classes a differentiator tells apart.
      """)
  var scopes: ScopeKind?

  @Option(
    parsing: .upToNextOption,
    help: "The labels that one-vs-rest protects; --differentiators then counts for each of them.")
  var protect: [String] = []

  @Option(help: "How many classes a group has.")
  var groupSize: Int?

  @Option(help: "How many differentiators there are, instead of the preset's.")
  var differentiators: Int?

  @Option(help: "How many differentiators are asked about an image: 5, unless the bundle to be like has it otherwise.")
  var asked: Int?

  @Option(
    parsing: .upToNextOption, help: "Shares of each layer's channels that are removed, given out in turn.")
  var pruningRatio: [Double] = []

  @Option(
    parsing: .upToNextOption,
    help: """
      How far training pictures' pixels are moved against a differentiator, 0 to 64 of 255 and 0 for not at all; given \
      out in turn. It makes a training twice as long, and what it trains harder to fool.
      """)
  var adversarialRadius: [Double] = []

  @Option(help: "The share of clean pictures that may be rejected: 0.01, or that of the bundle to be like.")
  var alpha: Double?

  @Option(help: "calibrated (the default), or vote: how scores become a verdict.")
  var policy: Policy?

  @Option(
    help: """
      mean (the default), or geometric-mean: how scores become one. With the latter those who are sure that the label is \
      another cannot be outvoted by those who are fooled.
      """)
  var aggregation: Aggregation?

  func validate() throws {
    if let alpha, !(alpha > 0 && alpha < 1) {
      throw ValidationError("--alpha is \(alpha); it must be more than 0 and less than 1.")
    }
    let most = EnsembleLayout.largestCount
    for (option, number) in [("--asked", asked ?? 1), ("--differentiators", differentiators ?? 1)] {
      guard (1...most).contains(number) else {
        throw ValidationError("\(option) is \(number); it must be 1 to \(most).")
      }
    }
    for ratio in pruningRatio where !(0..<1).contains(ratio) {
      throw ValidationError("--pruning-ratio is \(ratio); it must be at least 0 and less than 1.")
    }
    for radius in adversarialRadius where !(0...64).contains(radius) {
      throw ValidationError("--adversarial-radius is \(radius); it must be 0 to 64.")
    }
    guard (scopes == .oneVersusRest) == !protect.isEmpty else {
      throw ValidationError("--protect LABEL… and --scopes one-vs-rest go together.")
    }
    guard groupSize == nil || scopes == .groups else {
      throw ValidationError("--group-size goes with --scopes groups.")
    }
  }

  /// Puts into a plan what was given, what the bundle to be like has, and the defaults; the first of these wins.
  func apply(to plan: inout TrainingPlan, labels: [String], preset: Preset, like precedent: ModelRecord?) throws {
    plan.count = preset.differentiators
    if let precedent {
      plan.asked = precedent.manifest.selection.count
      let ratios = precedent.manifest.differentiators.map(\.pruningRatio)
      if !ratios.isEmpty { plan.pruningRatios = ratios }
      (plan.alpha, plan.policy) = (precedent.calibration.alpha, precedent.manifest.policy)
      plan.aggregation = precedent.calibration.aggregation
    }
    if let precedent, scopes == nil {
      let pattern = try EnsemblePattern(of: precedent.manifest)
      (plan.scopes, plan.count, plan.pruningRatios) = (pattern.scopes, pattern.count, pattern.ratios)
      plan.adversarialRadii = pattern.radii
    }
    plan.count = differentiators ?? plan.count
    plan.asked = asked ?? plan.asked
    plan.alpha = alpha ?? plan.alpha
    plan.policy = policy ?? plan.policy
    plan.aggregation = aggregation ?? plan.aggregation
    if !pruningRatio.isEmpty { plan.pruningRatios = pruningRatio }
    if !adversarialRadius.isEmpty { plan.adversarialRadii = adversarialRadius }
    switch scopes {
    case nil: break
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
extension Aggregation: ExpressibleByArgument {}
