internal import Foundation

/// How weights follow their gradients.
public enum Optimizer: Sendable, Hashable {
  /// Stochastic gradient descent, as PyTorch's `SGD` (no dampening): `g += decay · w; v = momentum · v + g`, then
  /// `w −= rate · v`, or with `nesterov` `w −= rate · (g + momentum · v)`.
  case sgd(momentum: Double = 0.9, nesterov: Bool = false, weightDecay: Double = 0)
  /// Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019), as PyTorch's `AdamW`.
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01)

  /// How many values it remembers of each weight.
  var momentCount: Int {
    switch self {
    case .sgd(let momentum, _, _): momentum == 0 ? 0 : 1
    case .adamW: 2
    }
  }

  /// - Throws: ``TrainingError/setting(_:)`` for numbers out of range.
  func validate() throws(TrainingError) {
    func check(_ condition: Bool, _ text: String) throws(TrainingError) {
      guard condition else { throw .setting("the optimiser: \(text)") }
    }
    switch self {
    case .sgd(let momentum, let nesterov, let decay):
      try check((0..<1).contains(momentum), "a momentum of \(momentum); it must be in 0..<1")
      try check(!nesterov || momentum > 0, "Nesterov's form needs a momentum")
      try check(decay >= 0 && decay.isFinite, "a weight decay of \(decay); it must not be negative")
    case .adamW(let beta1, let beta2, let epsilon, let decay):
      try check((0..<1).contains(beta1) && (0..<1).contains(beta2), "betas \(beta1), \(beta2); they must be in 0..<1")
      try check(epsilon > 0 && epsilon.isFinite, "an epsilon of \(epsilon); it must be positive")
      try check(decay >= 0 && decay.isFinite, "a weight decay of \(decay); it must not be negative")
    }
  }
}

/// One step of an ``Optimizer``, its numbers worked out.
struct OptimizerStep: Sendable {
  let optimizer: Optimizer
  let rate: Double
  /// The number of this step, from 1.
  let number: Int
  /// What gradients are multiplied with first: less than 1 where their norm is clipped.
  let gradientScale: Float

  /// Changes weights and moments, all of `count` values, in place.
  func update(
    _ weights: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>,
    _ moments: [UnsafeMutablePointer<Float>], count: Int, decays: Bool
  ) {
    switch optimizer {
    case .sgd(let momentum, let nesterov, let weightDecay):
      let (rate, decay, scale) = (Float(rate), decays ? Float(weightDecay) : 0, gradientScale)
      guard momentum > 0 else {
        for index in 0..<count { weights[index] -= rate * (scale * gradients[index] + decay * weights[index]) }
        return
      }
      let (velocity, momentum) = (moments[0], Float(momentum))
      for index in 0..<count {
        let gradient = scale * gradients[index] + decay * weights[index]
        let speed = momentum * velocity[index] + gradient
        velocity[index] = speed
        weights[index] -= rate * (nesterov ? gradient + momentum * speed : speed)
      }
    case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
      let (first, second) = (moments[0], moments[1])
      let scale = gradientScale
      let kept = Float(1 - rate * (decays ? weightDecay : 0))
      let size = Float(rate / (1 - pow(beta1, Double(number))))
      let correction = Float(1 / (1 - pow(beta2, Double(number))).squareRoot())
      // Taken from 1 in double precision: in single, 1 − 0.999 is wrong in the fifth digit.
      let (rest1, rest2) = (Float(1 - beta1), Float(1 - beta2))
      let (beta1, beta2, epsilon) = (Float(beta1), Float(beta2), Float(epsilon))
      for index in 0..<count {
        let gradient = scale * gradients[index]
        let mean = beta1 * first[index] + rest1 * gradient
        let square = beta2 * second[index] + rest2 * gradient * gradient
        first[index] = mean
        second[index] = square
        weights[index] = kept * weights[index] - size * mean / (square.squareRoot() * correction + epsilon)
      }
    }
  }
}
