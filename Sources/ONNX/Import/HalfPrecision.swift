/// 16-bit floating-point numbers as float32, many at a time.
enum HalfPrecision {
  /// The value of an IEEE 754 binary16 number.
  ///
  /// Without branches, so that a loop over it becomes vector code: the exponent is moved to its place in a float32 and
  /// rebased by a multiplication, which is exact and gets subnormals right; infinities and NaN are set apart.
  @inline(__always) static func float(fromHalf bits: UInt16) -> Float {
    let magnitude = UInt32(bits & 0x7fff) << 13
    let rebased = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
    let special: UInt32 = magnitude >= 0x7c00 << 13 ? 0x7f80_0000 : 0
    return Float(bitPattern: rebased | special | UInt32(bits & 0x8000) << 16)
  }

  /// The value of a bfloat16 number: the upper half of a float32.
  @inline(__always) static func float(fromBrain bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// A float32 rounded to the nearest bfloat16, ties to even.
  static func roundedToBrain(_ value: Float) -> Float {
    guard value.isFinite else { return value }
    let bits = value.bitPattern
    return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
  }
}
