/// Somebody who has a token.
struct Administrator: Sendable, Hashable {
  /// What they may do.
  enum Role: String, Sendable, Hashable, CaseIterable {
    /// Look.
    case read
    /// Look, and change.
    case full
  }

  /// What the audit calls them.
  let name: String
  /// What they may do.
  let role: Role
}
