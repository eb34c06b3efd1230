internal import Synchronization

/// How many observations were at most so large, for some bounds. Any number of threads may observe at once, and none
/// waits for another.
///
/// What is read while others observe may have an observation in its bucket and not yet in the sum; the count is always
/// that of the buckets.
/// Sendable unchecked: the memory is allocated once, and what is in it are atomics.
public final class Histogram: Metric, @unchecked Sendable {
  /// The buckets' upper bounds, inclusive, rising and finite. A last bucket takes what is above them, or not a number.
  public let bounds: [Double]
  private let counts: UnsafeMutablePointer<Atomic<Int>>
  private let sum = AtomicDouble(0)

  /// - Parameter bounds: checked by who registers the family.
  init(bounds: [Double]) {
    self.bounds = bounds
    counts = .allocate(capacity: bounds.count + 1)
    for index in 0...bounds.count { (counts + index).initialize(to: Atomic(0)) }
  }

  deinit {
    counts.deinitialize(count: bounds.count + 1)
    counts.deallocate()
  }

  /// Counts an observation.
  public func observe(_ number: Double) {
    // Comparing one after the other: there are some fifteen bounds, and most observations are in the first ones.
    let bucket = bounds.firstIndex { number <= $0 } ?? bounds.count
    counts[bucket].wrappingAdd(1, ordering: .relaxed)
    sum.add(number)
  }

  /// Counts a time, in seconds.
  public func observe(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    observe(Double(seconds) + Double(attoseconds) * 1e-18)
  }

  /// What was observed.
  public var distribution: Distribution {
    Distribution(
      bounds: bounds, counts: (0...bounds.count).map { counts[$0].load(ordering: .relaxed) }, sum: sum.value)
  }

  /// What was observed.
  public var value: MetricValue { .distribution(distribution) }
}
