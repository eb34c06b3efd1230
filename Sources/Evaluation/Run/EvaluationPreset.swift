/// How much an evaluation tries, from a quarter of an hour to a night on two cores.
public enum EvaluationPreset: String, Sendable, CaseIterable, Codable {
  /// Each attack on a few pictures: to see that a bundle is what it should be.
  case quick
  /// What is published.
  case full

  /// Its numbers.
  public var settings: EvaluationSettings {
    switch self {
    case .quick: EvaluationSettings()
    case .full:
      EvaluationSettings(
        mimicrySources: 400, mimicrySteps: 200, nonTargetedSources: 100, thoroughSources: 20, thoroughSteps: 2000,
        gradientSources: 300, gradientSteps: 100, jointBudgets: [1, 2, 4, 8, 16, 32, 64],
        orthogonalBudgets: [1, 2, 4, 8, 16, 32, 64], priorBudgets: [1, 4, 16], surrogates: 3, surrogateCount: nil,
        surrogatePictures: nil, baselinePictures: nil, unprunedCopies: nil, querySources: 50, queries: 2000,
        squareBudgets: [4, 8, 16, 32], hopSkipJumpBudgets: [2.5, 5, 10], hopSkipJumpPixelBudgets: [8, 16, 32],
        cleanPictures: nil)
    }
  }
}

/// An evaluation's numbers.
public struct EvaluationSettings: Sendable, Hashable, Codable {
  /// How many targeted mimicry attacks there are at each budget.
  public var mimicrySources = 60
  /// How many steps a mimicry attack takes.
  public var mimicrySteps = 100
  /// The largest DSSIMs.
  public var mimicryBudgets = [0.003, 0.01, 0.03]
  /// How many non-targeted mimicry attacks there are; each tries several targets.
  public var nonTargetedSources = 10
  /// How many mimicry attacks take ``thoroughSteps``, at the middle budget.
  public var thoroughSources = 0
  /// How many steps those take.
  public var thoroughSteps = 2000
  /// How many pictures each gradient attack begins with.
  public var gradientSources = 40
  /// How many steps it takes.
  public var gradientSteps = 30
  /// The L∞ budgets of transfer attacks (T2), in pixel values.
  public var transferBudgets: [Double] = [4, 8, 16]
  /// Those of joint attacks on surrogates (T3).
  public var surrogateBudgets: [Double] = [4, 8, 16]
  /// Those of attacks with all weights (T4).
  public var jointBudgets: [Double] = [1, 4, 16, 64]
  /// Of those, the ones at which steps are taken against Student and differentiators in turn, which costs most.
  public var orthogonalBudgets: [Double] = [4, 64]
  /// Those at which each prior defence is attacked by who knows all of it.
  public var priorBudgets: [Double] = [4]
  /// How many bundles the attackers train.
  public var surrogates = 1
  /// How many differentiators each of them has; nil for as many as the attacked one.
  public var surrogateCount: Int? = 3
  /// How many pictures each of their networks sees in its training at most, repeated ones counted; nil for as many as in
  /// the bundle's.
  public var surrogatePictures: Int? = 16_000
  /// How many pictures each network of a prior defence sees in its training at most, repeated ones counted; nil for as many
  /// as a differentiator.
  public var baselinePictures: Int? = 4000
  /// How many unpruned copies of the Student are fine-tuned to compare with; nil for as many as differentiators are asked.
  public var unprunedCopies: Int? = 1
  /// How many pictures each query attack (T5) begins with.
  public var querySources = 12
  /// How many questions it may ask about each.
  public var queries = 200
  /// The L∞ budgets of Square, in whole pixel values.
  public var squareBudgets: [Double] = [8, 32]
  /// The L₂ budgets of HopSkipJump, on the scale 0…1.
  public var hopSkipJumpBudgets: [Double] = [5]
  /// Its L∞ budgets, in pixel values.
  public var hopSkipJumpPixelBudgets: [Double] = [32]
  /// How many pictures harmless noise is tried on; nil for all.
  public var cleanPictures: Int? = 300

  /// Lets each attack of T1 to T4 begin with so many pictures; those of ``thoroughSteps``, which take ten times as long, with
  /// as many at most.
  public mutating func attack(pictures: Int) {
    (mimicrySources, nonTargetedSources, gradientSources) = (pictures, pictures, pictures)
    thoroughSources = min(thoroughSources, pictures)
  }
}
