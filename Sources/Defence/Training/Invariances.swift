/// What may be another about a picture without making another label of it: what whoever trains knows of their things.
public struct Invariances: Sendable, Hashable, Codable {
  /// How much smaller and larger than in a picture things can be.
  public static let scaleFactors = 0.1...10.0

  /// Whether left and right may change places.
  public var flips = false
  /// How often differentiators see a picture in grey, 0...1: then colours are not all that they go by.
  public var grey = 0.0
  /// From how much smaller to how much larger differentiators see things; nil for as the preset has it.
  public var scales: ClosedRange<Double>?

  /// None, but for what is given.
  public init(flips: Bool = false, grey: Double = 0, scales: ClosedRange<Double>? = nil) {
    (self.flips, self.grey, self.scales) = (flips, grey, scales)
  }
}

extension Manifest.Training {
  /// What pictures were varied by; nil for older bundles, which say it in their command alone.
  public var invariances: Invariances? {
    flips.map { flips in
      let range = scales.flatMap { $0.count == 2 && $0[0] <= $0[1] ? $0[0]...$0[1] : nil }
      return Invariances(flips: flips, grey: grey ?? 0, scales: range)
    }
  }

  /// Notes them.
  mutating func note(_ invariances: Invariances) {
    flips = invariances.flips
    grey = invariances.grey > 0 ? invariances.grey : nil
    scales = invariances.scales.map { [$0.lowerBound, $0.upperBound] }
  }
}

extension Augmentation {
  /// What of it is known of the things, not of pictures in general.
  var invariances: Invariances {
    Invariances(flips: flips, grey: grey, scales: smallestScale...largestScale)
  }
}
