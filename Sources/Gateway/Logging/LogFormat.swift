/// How a line of the log looks.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
  /// For people: time, level, message, then the fields as `name=value`.
  case text
  /// For programs: one JSON object (RFC 8259).
  case json
}
