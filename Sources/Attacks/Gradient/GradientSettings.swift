/// What gradient attacks have in common.
public struct GradientSettings: Sendable, Hashable {
  /// What the distance from the original is measured in.
  public enum Norm: String, Sendable, Hashable, CaseIterable {
    /// The largest difference of a value, 0…255.
    case linf = "Linf"
    /// The Euclidean norm of all differences, of values on the scale 0…1 as in the literature.
    case l2 = "L2"
  }

  /// How the distance is measured.
  public var norm = Norm.linf
  /// The largest distance.
  public var radius: Double
  /// How often the gradient is taken.
  public var steps = 40
  /// How often the search begins anew, from another random start; the best counts.
  public var restarts = 1
  /// Whether a picture that has reached its goal is left as it is, which saves its gradients.
  public var stopsEarly = true
  /// What random starts are drawn from.
  public var seed: UInt64 = 1
  /// How many pictures go through the networks together.
  public var batchSize = 8
  /// How many threads work, each on its own batch. It does not change results.
  public var threads = 1

  /// Settings with the defaults that the properties state.
  public init(radius: Double) { self.radius = radius }

  func validate() throws(AttackError) {
    let largest = norm == .linf ? 255.0 : 10_000
    guard radius > 0, radius <= largest else {
      throw .setting("a radius of \(radius); with \(norm.rawValue) it must be above 0 and at most \(largest)")
    }
    guard (1...1_000_000).contains(steps) else { throw .setting("\(steps) steps; there must be 1 to 1,000,000") }
    guard (1...1000).contains(restarts) else { throw .setting("\(restarts) starts; there must be 1 to 1000") }
    guard (1...1024).contains(batchSize) else {
      throw .setting("batches of \(batchSize) pictures; there must be 1 to 1024")
    }
    guard (1...1024).contains(threads) else { throw .setting("\(threads) threads; there must be 1 to 1024") }
  }
}
