internal import Synchronization

/// A sum that only grows. Any number of threads may add to it at once, and none waits for another.
public final class Counter: Metric {
  private let sum = Atomic<Int>(0)

  /// Starts at 0.
  init() {}

  /// Adds a number that is not negative.
  public func increment(by amount: Int = 1) {
    precondition(amount >= 0, "a counter only grows, but \(amount) was added")
    // Nothing else is read by what the sum is, so it needs no order with other memory.
    sum.wrappingAdd(amount, ordering: .relaxed)
  }

  /// The sum.
  public var count: Int { sum.load(ordering: .relaxed) }

  /// The sum.
  public var value: MetricValue { .count(count) }
}
