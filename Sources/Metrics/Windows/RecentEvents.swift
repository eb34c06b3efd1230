/// The last so many of something, of which the oldest one makes place for the newest.
public struct RecentEvents<Event: Sendable>: Sendable {
  /// How many are kept.
  public let capacity: Int
  private var ring: [Event] = []
  /// Where the oldest one is, once all places are taken.
  private var oldest = 0

  /// - Parameter capacity: how many are kept; none if it is 0.
  public init(capacity: Int) {
    precondition(capacity >= 0, "a capacity of \(capacity)")
    self.capacity = capacity
  }

  /// Adds the newest.
  public mutating func append(_ event: Event) {
    guard capacity > 0 else { return }
    guard ring.count == capacity else { return ring.append(event) }
    ring[oldest] = event
    oldest = (oldest + 1) % capacity
  }

  /// Those that are kept, the newest first.
  public var newestFirst: [Event] {
    (0..<ring.count).map { ring[(oldest + ring.count - 1 - $0) % ring.count] }
  }
}
