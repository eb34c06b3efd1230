internal import Base

/// Counts the connections, in all and for each address, so that neither has more than its share.
final class ConnectionCensus: Sendable {
  private struct Counts {
    var all = 0
    var byAddress: [String: Int] = [:]
    var refused = 0
  }

  private let counts = LockBox(Counts())
  private let limit: Int
  private let limitPerAddress: Int

  /// How many that are refused are answered at the same time; further ones are closed without a word.
  private static let refusedAtOnce = 256

  init(limit: Int, perAddress: Int) {
    self.limit = limit
    limitPerAddress = perAddress
  }

  /// How many there are.
  var count: Int { counts.withLock(\.all) }

  /// Counts a connection in.
  ///
  /// - Returns: why it is not taken, or nil.
  func enter(_ address: String) -> ServerEvent.Refusal? {
    counts.withLock { counts in
      guard counts.all < limit else { return .connectionLimit }
      guard counts.byAddress[address, default: 0] < limitPerAddress else { return .addressLimit }
      counts.all += 1
      counts.byAddress[address, default: 0] += 1
      return nil
    }
  }

  /// Counts it out.
  func leave(_ address: String) {
    counts.withLock { counts in
      counts.all -= 1
      let left = counts.byAddress[address, default: 1] - 1
      counts.byAddress[address] = left > 0 ? left : nil
    }
  }

  /// Whether one more that is refused can be told so.
  func enterRefused() -> Bool {
    counts.withLock { counts in
      guard counts.refused < Self.refusedAtOnce else { return false }
      counts.refused += 1
      return true
    }
  }

  /// One that was refused is gone.
  func leaveRefused() { counts.withLock { $0.refused -= 1 } }
}
