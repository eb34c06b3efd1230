import Base
import TestSupport
import Testing

@testable import NeuralNet

@Suite struct AdversaryTests {
  private let adversary = Adversary(radius: [0.1, 0.2], range: [-1...1, 0...0.5], share: 0.5)

  @Test func `a start is anywhere in the ball, and in the range of values`() {
    let original: [Float] = [0.95, 0, -1, 0.3, 0, 0.5, 0.25, 0.25]
    var (lowest, highest) = (original, original)
    for draw in 0..<400 {
      var moved = original
      moved.withUnsafeMutableBufferPointer {
        adversary.scatter($0.baseAddress!, count: 1, length: 8, draw: CounterGenerator(UInt64(draw)))
      }
      for index in moved.indices {
        (lowest[index], highest[index]) = (min(lowest[index], moved[index]), max(highest[index], moved[index]))
      }
    }
    let (low, high): ([Float], [Float]) = (
      [0.85, -0.1, -1, 0.2, 0, 0.3, 0.05, 0.05], [1, 0.1, -0.9, 0.4, 0.2, 0.5, 0.45, 0.45]
    )
    for index in original.indices {
      #expect(abs(lowest[index] - low[index]) < 0.01 && abs(highest[index] - high[index]) < 0.01, "\(index)")
    }
  }

  @Test func `a step goes where the loss grows, and ends at the ball's and the range's border`() {
    let original: [Float] = [0.5, 0.95, 0.5, -0.99, 0.1, 0.4, 0.25, 0.25]
    var moved: [Float] = [0.55, 0.95, 0.45, -0.99, 0, 0.45, 0.1, 0.3]
    let gradient: [Float] = [1, 1e-9, 3, -2, -1, 1, 1, 0]
    moved.withUnsafeMutableBufferPointer {
      adversary.climb($0.baseAddress!, from: original, gradient: gradient, count: 1, length: 8)
    }
    let expected: [Float] = [0.6, 1, 0.575, -1, 0, 0.5, 0.35, 0.3]
    for index in moved.indices { #expect(abs(moved[index] - expected[index]) < 1e-6, "\(index)") }
  }

  @Test func `a share of the rows is changed, one at least`() {
    #expect([0, 1, 2, 5, 8].map(adversary.count) == [0, 1, 1, 3, 4])
    #expect(Adversary(radius: [1], range: [0...1], share: 1).count(of: 7) == 7)
  }

  static let wrong: [(Adversary, String)] = [
    (
      Adversary(radius: [], range: [], share: 1), "an adversary with the radii [] for 0 channels; each must be positive"
    ),
    (
      Adversary(radius: [1], range: [0...1, 0...1], share: 1),
      "an adversary with the radii [1.0] for 2 channels; each must be positive"
    ),
    (
      Adversary(radius: [0], range: [0...1], share: 1),
      "an adversary with the radii [0.0] for 1 channels; each must be positive"
    ),
    (
      Adversary(radius: [.infinity], range: [0...1], share: 1),
      "an adversary with the radii [inf] for 1 channels; each must be positive"
    ),
    (
      Adversary(radius: [1], range: [0...1], share: 0),
      "an adversary for a share of 0.0 of the images; it must be more than 0 and at most 1"
    ),
    (
      Adversary(radius: [1], range: [0...1], share: 1.1),
      "an adversary for a share of 1.1 of the images; it must be more than 0 and at most 1"
    ),
  ]

  @Test(arguments: wrong.indices) func `what cannot be is named`(_ index: Int) {
    let error = #expect(throws: TrainingError.self) { try Self.wrong[index].0.validate() }
    #expect(error?.description == Self.wrong[index].1)
  }
}
