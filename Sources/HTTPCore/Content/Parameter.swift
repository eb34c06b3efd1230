/// A name with a value after a semicolon (RFC 9110 §5.6.6).
public struct Parameter: Sendable, Hashable {
  /// In small letters.
  public let name: String
  /// Without the quotation marks it may have had.
  public let value: String
}
