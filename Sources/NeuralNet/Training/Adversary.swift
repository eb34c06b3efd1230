internal import Base

/// Adversarial training in one step of the gradient's sign (Wong, Rice and Kolter, "Fast is better than free", 2020): an
/// image begins at a random place of the L∞ ball around it and goes 1.25 radii where the loss grows, but not out of the
/// ball nor out of the range of pixels.
///
/// Deviation: only a share of each batch is changed, so that the network stays good on clean images; which rows is the
/// same in each batch, whose order is random.
public struct Adversary: Sendable, Hashable {
  /// For each channel, how far a value may move, on the scale of the network's input.
  public var radius: [Float]
  /// For each channel, the input's smallest and largest value.
  public var range: [ClosedRange<Float>]
  /// The share of the images that are changed.
  public var share: Double

  /// From its parts; what is wrong with them shows when a trainer is made.
  public init(radius: [Float], range: [ClosedRange<Float>], share: Double) {
    (self.radius, self.range, self.share) = (radius, range, share)
  }

  /// How much longer than the radius the step is (Wong et al., section 5).
  private static let stretch: Float = 1.25

  func validate() throws(TrainingError) {
    guard !radius.isEmpty, radius.count == range.count, radius.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .setting("an adversary with the radii \(radius) for \(range.count) channels; each must be positive")
    }
    guard share > 0, share <= 1 else {
      throw .setting("an adversary for a share of \(share) of the images; it must be more than 0 and at most 1")
    }
  }

  /// How many of some rows are changed: the first ones.
  func count(of rows: Int) -> Int { min(rows, Int((share * Double(rows)).rounded(.up))) }

  /// Moves the first images to a random place of their balls.
  ///
  /// - Parameter images: `[N, channels, …]`, N images of `length` values.
  func scatter(_ images: UnsafeMutablePointer<Float>, count: Int, length: Int, draw: CounterGenerator) {
    each(count, length) { index, channel in
      let move = (2 * draw.uniform(UInt64(index)) - 1) * radius[channel]
      images[index] = min(max(images[index] + move, range[channel].lowerBound), range[channel].upperBound)
    }
  }

  /// Moves images, which ``scatter(_:count:length:draw:)`` has moved, where the loss grows.
  func climb(
    _ images: UnsafeMutablePointer<Float>, from original: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    count: Int, length: Int
  ) {
    each(count, length) { index, channel in
      let (radius, slope) = (radius[channel], gradient[index])
      let step = slope > 0 ? Self.stretch * radius : slope < 0 ? -Self.stretch * radius : 0
      let moved = min(max(images[index] + step, original[index] - radius), original[index] + radius)
      images[index] = min(max(moved, range[channel].lowerBound), range[channel].upperBound)
    }
  }

  private func each(_ count: Int, _ length: Int, _ body: (_ index: Int, _ channel: Int) -> Void) {
    let area = length / radius.count
    for plane in 0..<(count * radius.count) {
      for index in (plane * area)..<((plane + 1) * area) { body(index, plane % radius.count) }
    }
  }
}
