/// How large a request's parts may be. Each is checked before memory is taken for what it bounds.
public struct HTTPLimits: Sendable, Hashable {
  /// Bytes of the request line's target; more are answered with 414. RFC 9112 §3 recommends at least 8000.
  public var targetBytes = 8_000
  /// Bytes of all field lines together, and of the trailer's; more are answered with 431.
  public var fieldBytes = 16 << 10
  /// Field lines, and those of the trailer; more are answered with 431.
  public var fieldCount = 100
  /// Bytes of a body as it is transferred, chunk extensions not counted; more are answered with 413.
  public var bodyBytes = 21 << 20
  /// Bytes of the chunk extensions of a body together; more are refused with 400.
  public var chunkExtensionBytes = 4 << 10

  /// The defaults.
  public init() {}
}
