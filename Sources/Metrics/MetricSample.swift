/// The state of one series at the moment of asking.
public struct MetricSample: Sendable, Hashable {
  /// A value for each label of the family, in their order.
  public let labels: [String]
  /// The number or numbers.
  public let value: MetricValue

  /// A sample of a family with as many labels.
  public init(_ value: MetricValue, labels: [String] = []) {
    self.labels = labels
    self.value = value
  }
}

/// What a series says.
public enum MetricValue: Sendable, Hashable {
  /// A whole number.
  case count(Int)
  /// Any number, not finite ones included.
  case number(Double)
  /// What was observed.
  case distribution(Distribution)
}

/// Observations by size.
public struct Distribution: Sendable, Hashable {
  /// The buckets' upper bounds, inclusive, rising.
  public let bounds: [Double]
  /// How many fell into each bucket, and last those above all bounds; not cumulative.
  public let counts: [Int]
  /// The observations' sum.
  public let sum: Double

  /// How many observations there were.
  public var count: Int { counts.reduce(0, +) }
}
