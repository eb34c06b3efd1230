/// Which content codings a client takes, of the two that a response can have: gzip, and none (RFC 9110 §12.5.3).
public struct AcceptEncoding: Sendable, Hashable {
  /// How welcome gzip is, in thousandths; 0 if it must not be used.
  public let gzip: Int
  /// How welcome no coding is, in thousandths; 0 if it must not be used. Nil if nothing was said of it, and then it may be.
  public let identity: Int?

  /// Reads all lines of the field. A member that is not as the grammar asks is passed over.
  ///
  /// Without the field any coding would do, but a client that says nothing is sent none: it may know none.
  public init(_ fields: HeaderFields) {
    var named: [String: Int] = [:]
    for value in fields.values("Accept-Encoding") {
      for member in value.utf8.split(separator: UInt8(ascii: ",")) {
        guard let (coding, weight) = Self.member(Array(member)) else { continue }
        // Twice the same: the more welcome one.
        named[coding] = max(named[coding] ?? 0, weight)
      }
    }
    // RFC 9110 §8.4.1.3: x-gzip is the same as gzip. An asterisk is every coding that is not named.
    gzip = [named["gzip"], named["x-gzip"]].compactMap(\.self).max() ?? named["*"] ?? 0
    identity = named["identity"] ?? named["*"]
  }

  /// Whether gzip may be used.
  public var acceptsGzip: Bool { gzip > 0 }

  /// Whether a response without a coding may be sent: unless it is excluded by name or by the asterisk.
  public var acceptsIdentity: Bool { identity != 0 }

  /// Whether gzip may be used and is no less welcome than no coding.
  public var prefersGzip: Bool { gzip > 0 && gzip >= identity ?? 0 }

  /// `codings [ OWS ";" OWS "q=" qvalue ]`: the coding in small letters, and its weight, 1 if there is none.
  private static func member(_ bytes: [UInt8]) -> (String, Int)? {
    var scanner = TextScanner(bytes[...])
    scanner.skipSpace()
    guard let coding = scanner.token() else { return nil }
    scanner.skipSpace()
    guard !scanner.isAtEnd else { return (coding.lowercased(), 1_000) }
    guard scanner.take(";") else { return nil }
    scanner.skipSpace()
    guard scanner.take("q") || scanner.take("Q"), scanner.take("="), let text = scanner.token() else { return nil }
    scanner.skipSpace()
    guard scanner.isAtEnd, let weight = weight(Array(text.utf8)) else { return nil }
    return (coding.lowercased(), weight)
  }

  /// `( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )` in thousandths (RFC 9110 §12.4.2).
  private static func weight(_ digits: [UInt8]) -> Int? {
    guard digits.count <= 5, let first = digits.first, first == 0x30 || first == 0x31 else { return nil }
    guard digits.count > 1 else { return Int(first - 0x30) * 1_000 }
    guard digits[1] == 0x2e, digits[2...].allSatisfy(\.isDigit) else { return nil }
    var weight = Int(first - 0x30)
    for index in 2..<5 { weight = weight * 10 + (index < digits.count ? Int(digits[index] - 0x30) : 0) }
    return weight <= 1_000 ? weight : nil
  }
}
