internal import Foundation

/// The learning rate of each step.
public enum LearningRateSchedule: Sendable, Hashable {
  /// The same at every step.
  case constant(Double)
  /// Smith and Topin, "Super-Convergence" (2018), as PyTorch's `OneCycleLR` with `anneal_strategy='cos'`: over
  /// `warmUp · steps` steps up from `maximum / startDivisor`, then down to `maximum / startDivisor / endDivisor`, both
  /// along half a cosine. Deviation: the optimiser's momentum is not cycled (`cycle_momentum=False`).
  case oneCycle(
    maximum: Double, steps: Int, warmUp: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 1e4)
  /// Loshchilov and Hutter, "SGDR" (2017), without restarts, as PyTorch's `CosineAnnealingLR`: from `maximum` down to
  /// `minimum` along half a cosine at step `steps`. The first `warmUp` steps of them rise linearly:
  /// `maximum · (step + 1) / (warmUp + 1)`; the cosine takes the rest.
  case cosine(maximum: Double, steps: Int, minimum: Double = 0, warmUp: Int = 0)

  /// The rate of the step with this number, from 0. After the last step it stays as it is.
  public func rate(at step: Int) -> Double {
    switch self {
    case .constant(let rate): return rate
    case .oneCycle(let maximum, let steps, let warmUp, let startDivisor, let endDivisor):
      let (start, last) = (maximum / startDivisor, Double(steps - 1))
      let top = warmUp * Double(steps) - 1
      let place = min(Double(step), last)
      if place <= top { return Self.annealed(from: start, to: maximum, top > 0 ? place / top : 1) }
      return Self.annealed(
        from: maximum, to: start / endDivisor, last > top ? (place - top) / (last - top) : 1)
    case .cosine(let maximum, let steps, let minimum, let warmUp):
      if step < warmUp { return maximum * Double(step + 1) / Double(warmUp + 1) }
      let share = Double(min(step, steps) - warmUp) / Double(max(steps - warmUp, 1))
      return Self.annealed(from: maximum, to: minimum, share)
    }
  }

  /// Half a cosine.
  private static func annealed(from start: Double, to end: Double, _ share: Double) -> Double {
    end + (start - end) / 2 * (1 + cos(Double.pi * share))
  }

  /// - Throws: ``TrainingError/setting(_:)`` for numbers that make no schedule.
  func validate() throws(TrainingError) {
    func check(_ condition: Bool, _ text: String) throws(TrainingError) {
      guard condition else { throw .setting("the learning rate's schedule: \(text)") }
    }
    func checkRate(_ rate: Double) throws(TrainingError) {
      try check(rate >= 0 && rate.isFinite, "\(rate) is no rate; it must be finite and not negative")
    }
    switch self {
    case .constant(let rate): try checkRate(rate)
    case .oneCycle(let maximum, let steps, let warmUp, let startDivisor, let endDivisor):
      try checkRate(maximum)
      try check(steps > 0, "\(steps) steps; there must be one at least")
      try check((0...1).contains(warmUp), "a warm-up of \(warmUp) of the steps; it must be in 0...1")
      try check(
        startDivisor >= 1 && endDivisor >= 1 && (startDivisor * endDivisor).isFinite,
        "divisors \(startDivisor) and \(endDivisor); they must be 1 at least")
    case .cosine(let maximum, let steps, let minimum, let warmUp):
      try checkRate(maximum)
      try checkRate(minimum)
      try check(steps > 0, "\(steps) steps; there must be one at least")
      try check((0...steps).contains(warmUp), "a warm-up of \(warmUp) of \(steps) steps")
    }
  }
}
