/// A number that goes up and down. Any number of threads may change it at once, and none waits for another.
public final class Gauge: Metric {
  private let current = AtomicDouble(0)

  /// Starts at 0.
  init() {}

  /// Puts a number in the place of the one before.
  public func set(_ number: Double) { current.store(number) }

  /// Adds to the number, or takes from it.
  public func add(_ amount: Double) { current.add(amount) }

  /// The number.
  public var number: Double { current.value }

  /// The number.
  public var value: MetricValue { .number(number) }
}
