internal import CCrypto

/// Comparisons whose time does not tell where two secrets differ.
public enum ConstantTime {
  /// Whether two sequences of bytes are the same. Only their lengths show in the time it takes.
  public static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
  }
}
