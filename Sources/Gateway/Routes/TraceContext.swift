/// Where a request stands in a trace that others keep (W3C Trace Context, Recommendation of 2021, §3.2).
struct TraceContext: Sendable, Hashable {
  /// The trace, 32 hexadecimal digits.
  let traceID: String
  /// The caller's span, 16 hexadecimal digits.
  let parentID: String

  /// What a `traceparent` field says; nil for anything but `version-traceid-parentid-flags`, which is then ignored.
  init?(traceparent text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count >= 4, Self.isHexadecimal(parts[0], count: 2), Self.isHexadecimal(parts[1], count: 32),
      Self.isHexadecimal(parts[2], count: 16), Self.isHexadecimal(parts[3], count: 2),
      // §3.2.2.3, §3.2.2.4: all zeros is invalid.
      !Self.isZero(parts[1]), !Self.isZero(parts[2])
    else { return nil }
    switch String(Substring(parts[0])) {
    // §3.2.2: version 00 has four parts, a higher one may have more, and ff is none.
    case "ff": return nil
    case "00" where parts.count > 4: return nil
    default: break
    }
    traceID = String(Substring(parts[1]))
    parentID = String(Substring(parts[2]))
  }

  /// §3.2.2: lower case only.
  private static func isHexadecimal(_ text: Substring.UTF8View, count: Int) -> Bool {
    text.count == count
      && text.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func isZero(_ text: Substring.UTF8View) -> Bool { text.allSatisfy { $0 == UInt8(ascii: "0") } }
}
