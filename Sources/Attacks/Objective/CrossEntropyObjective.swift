internal import Glibc

/// The cross-entropy of the first head: grows as the label becomes less probable, or the target more.
public struct CrossEntropyObjective: AttackObjective {
  /// It has nothing to set.
  public init() {}

  /// −log p(label), or log p(target).
  public func value(_ rows: [ArraySlice<Float>], _ goal: AttackGoal, seeds: inout [[Float]?]) -> Double {
    let probabilities = Softmax(rows[0])
    let (label, sign): (Int, Float) = goal.target.map { ($0, 1) } ?? (goal.label, -1)
    var seed = probabilities.values.map { -sign * Float($0) }
    seed[label] += sign
    seeds[0] = seed
    return Double(sign) * probabilities.logarithm(label)
  }

  /// Whether the first head is wrong in the way that is wanted.
  public func isReached(_ rows: [ArraySlice<Float>], _ goal: AttackGoal) -> Bool { goal.isReached(rows[0]) }
}

/// A row of logits' probabilities.
struct Softmax {
  let values: [Double]
  private let logits: [Double]
  private let logOfSum: Double

  init(_ row: ArraySlice<Float>) {
    logits = row.map(Double.init)
    let largest = logits.max() ?? 0
    let exponentials = logits.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    values = exponentials.map { $0 / sum }
    logOfSum = largest + log(sum)
  }

  /// The logarithm of one probability, exact also where that is nearly 0.
  func logarithm(_ place: Int) -> Double { logits[place] - logOfSum }
}

extension AttackGoal {
  /// Whether a row of logits gives the target, or without one any label but the right one.
  func isReached(_ row: ArraySlice<Float>) -> Bool {
    let first = row.placeOfLargest { _ in true }
    return target.map { $0 == first } ?? (first != label)
  }
}

extension ArraySlice<Float> {
  /// The place, from 0, of the largest of the values that count; the first of several.
  func placeOfLargest(_ counts: (Int) -> Bool) -> Int? {
    var best: Int?
    for place in 0..<count where counts(place) {
      if let known = best, self[startIndex + known] >= self[startIndex + place] { continue }
      best = place
    }
    return best
  }

  /// The value at a place, from 0.
  func at(_ place: Int) -> Float { self[startIndex + place] }
}
