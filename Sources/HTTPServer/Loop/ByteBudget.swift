internal import Synchronization

/// How many bytes all connections together may hold in memory.
final class ByteBudget: Sendable {
  private let held = Atomic<Int>(0)
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// How many are held.
  var count: Int { held.load(ordering: .relaxed) }

  /// Whether so many more may be held.
  func hasRoom(for count: Int) -> Bool { self.count + count <= limit }

  /// Takes note of bytes that are held from now on, or no longer if it is negative.
  func change(by count: Int) { if count != 0 { held.add(count, ordering: .relaxed) } }
}
