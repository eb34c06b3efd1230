/// How much a registry takes on.
public struct MetricsLimits: Sendable, Hashable {
  /// Series of one family, besides the one for those that found no place.
  public var series = 2_000
  /// Bytes of a label's value; a series with a longer one finds no place.
  public var labelBytes = 200

  /// The defaults.
  public init() {}
}
