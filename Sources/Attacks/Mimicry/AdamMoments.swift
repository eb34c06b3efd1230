internal import Foundation

/// Adam (Kingma and Ba 2015) for one array of unknowns, with `β₂` = 0.99: over a few hundred steps 0.999 would not forget
/// the first ones.
struct AdamMoments {
  private static let (beta1, beta2, epsilon) = (0.9, 0.99, Float(1e-12))

  /// To be filled before each step.
  var gradient: [Float]
  private var first: [Float]
  private var second: [Float]

  init(count: Int) {
    gradient = [Float](repeating: 0, count: count)
    first = gradient
    second = gradient
  }

  /// - Parameter step: its number, from 1.
  mutating func move(_ unknowns: inout [Float], rate: Double, step: Int) {
    let size = Float(rate / (1 - pow(Self.beta1, Double(step))))
    let correction = Float(1 / (1 - pow(Self.beta2, Double(step))).squareRoot())
    let (beta1, beta2) = (Float(Self.beta1), Float(Self.beta2))
    let (rest1, rest2) = (Float(1 - Self.beta1), Float(1 - Self.beta2))
    for index in unknowns.indices {
      first[index] = beta1 * first[index] + rest1 * gradient[index]
      second[index] = beta2 * second[index] + rest2 * gradient[index] * gradient[index]
      unknowns[index] -= size * first[index] / (second[index].squareRoot() * correction + Self.epsilon)
    }
  }
}
