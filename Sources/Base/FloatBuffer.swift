/// An array at a fixed address, zeros at first, for loops over pointers: with arrays, each step's check of its index would keep
/// them from being vectorised.
public final class FloatBuffer {
  /// The first number's place.
  public let base: UnsafeMutablePointer<Float>
  /// How many numbers there are.
  public let count: Int

  /// So many zeros.
  public init(count: Int) {
    self.count = count
    base = .allocate(capacity: count)
    base.initialize(repeating: 0, count: count)
  }

  deinit { base.deallocate() }
}
