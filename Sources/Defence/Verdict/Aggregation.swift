internal import Foundation

/// How the scores of the differentiators that were asked become one.
public enum Aggregation: String, Sendable, Hashable, Codable, CaseIterable {
  /// Their mean.
  case mean
  /// Their geometric mean, a logarithmic opinion pool (Genest & Zidek 1986): whoever is sure that the label is another
  /// weighs more than in a mean, so that those who are fooled cannot outvote the others.
  case geometricMean = "geometric-mean"

  /// One score for several, 0...1; nil for none.
  public func score(of scores: [Double]) -> Double? {
    guard !scores.isEmpty else { return nil }
    let count = Double(scores.count)
    switch self {
    case .mean: return scores.reduce(0, +) / count
    case .geometricMean: return exp(scores.reduce(0) { $0 + log($1) } / count)
    }
  }
}
