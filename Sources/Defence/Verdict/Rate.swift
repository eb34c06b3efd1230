internal import Foundation

/// A share that was counted, with its 95 % interval (Wilson 1927).
public struct Rate: Sendable, Hashable, Codable {
  /// How many.
  public let count: Int
  /// Of how many.
  public let of: Int
  /// `count / of`; 0 of nothing.
  public let share: Double
  /// The interval's lower end.
  public let low: Double
  /// The interval's upper end.
  public let high: Double

  /// Counts.
  public init(_ count: Int, of total: Int) {
    self.count = count
    of = total
    guard total > 0 else {
      (share, low, high) = (0, 0, 1)
      return
    }
    let (n, p, z) = (Double(total), Double(count) / Double(total), 1.959964)
    let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    func rounded(_ value: Double) -> Double { (value * 1e5).rounded() / 1e5 }
    share = rounded(p)
    low = rounded(max(0, middle - half))
    high = rounded(min(1, middle + half))
  }
}
