/// Random numbers by place: the number at any index without those before it, so that it does not matter who asks first.
///
/// SplitMix64 (Steele, Lea and Flood 2014), whose state is a counter to begin with.
public struct CounterGenerator: Sendable {
  private let start: UInt64

  /// A sequence.
  ///
  /// - Parameter key: what the sequence is made from; any number is as good as any other.
  public init(key: UInt64) { start = Self.mixed(key &+ 0x9e37_79b9_7f4a_7c15) }

  /// One key from several numbers; their order matters.
  public init(_ parts: UInt64...) {
    self.init(key: parts.reduce(0) { Self.mixed($0 &+ 0x9e37_79b9_7f4a_7c15 ^ $1) })
  }

  /// The number at `index`.
  public func bits(_ index: UInt64) -> UInt64 { Self.mixed(start &+ (index &+ 1) &* 0x9e37_79b9_7f4a_7c15) }

  /// The number at `index` as one of 2²⁴ evenly spaced ones in 0..<1.
  public func uniform(_ index: UInt64) -> Float { Float(bits(index) >> 40) * 0x1p-24 }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
