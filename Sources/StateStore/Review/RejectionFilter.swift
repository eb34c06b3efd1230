/// Which kept rejections are meant.
public enum RejectionFilter: String, Sendable, Hashable, Codable, CaseIterable {
  /// Those of which nobody has said anything yet.
  case unreviewed
  /// Those that were called genuine.
  case genuine
  /// Those that were called adversarial.
  case adversarial
}
