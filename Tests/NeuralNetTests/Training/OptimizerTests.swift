import Testing

@testable import NeuralNet

@Suite struct OptimizerTests {
  /// Three steps of PyTorch 1.13 from [1, −2, 0.5] with these gradients.
  static let gradients: [[Float]] = [[0.5, 1, -1], [0.25, -1, 2], [-0.5, 0.5, 1]]

  @Test(arguments: [
    (Optimizer.sgd(momentum: 0.9, nesterov: true, weightDecay: 0.1), [0.7822111, -2.0030684, 0.0693376] as [Float]),
    (.sgd(momentum: 0, weightDecay: 0.1), [0.9465440, -1.9896079, 0.2851595]),
    (.adamW(beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.2), [0.7534605, -1.9836618, 0.4687870]),
  ]) func `three steps end where PyTorch's do`(_ optimizer: Optimizer, _ expected: [Float]) {
    var weights: [Float] = [1, -2, 0.5]
    var (first, second) = ([0, 0, 0] as [Float], [0, 0, 0] as [Float])
    for (step, gradient) in Self.gradients.enumerated() {
      let update = OptimizerStep(optimizer: optimizer, rate: 0.1, number: step + 1, gradientScale: 1)
      weights.withUnsafeMutableBufferPointer { weights in
        first.withUnsafeMutableBufferPointer { first in
          second.withUnsafeMutableBufferPointer { second in
            update.update(
              weights.baseAddress!, gradient, [first.baseAddress!, second.baseAddress!], count: 3, decays: true)
          }
        }
      }
    }
    for (weight, value) in zip(weights, expected) { #expect(abs(weight - value) < 2e-6) }
  }

  @Test func `cross-entropy with smoothed soft targets and its gradient are PyTorch's`() {
    let logits: [Float] = [1, 2, -1, 0, 3, 0.5]
    let targets = Tensor(shape: [2, 3], scalars: [0.2, 0.5, 0.3, 1, 0, 0])
    var gradient = [Float](repeating: 0, count: 6)
    let (loss, correct) = logits.withUnsafeBufferPointer { logits in
      gradient.withUnsafeMutableBufferPointer { gradient in
        CrossEntropy(labelSmoothing: 0.1).evaluate(
          logits, classes: 3, targets: .distributions(targets), first: 0, batch: 2, gradient: gradient.baseAddress!)
      }
    }
    #expect(abs(loss / 2 - 2.2397759) < 1e-6)
    #expect(correct == 1)
    let expected: [Float] = [0.0230816, 0.1110256, -0.1341072, -0.4446734, 0.4250794, 0.0195941]
    for (value, wanted) in zip(gradient, expected) { #expect(abs(value - wanted) < 1e-6) }
  }

  @Test func `a warm-up rises evenly to the cosine's start`() {
    let schedule = LearningRateSchedule.cosine(maximum: 1, steps: 10, warmUp: 4)
    #expect((0..<5).map { schedule.rate(at: $0) } == [0.2, 0.4, 0.6, 0.8, 1])
    #expect(abs(schedule.rate(at: 7) - 0.5) < 1e-12)
    #expect(schedule.rate(at: 10) < 1e-12)
    #expect(schedule.rate(at: 11) < 1e-12)
  }
}
