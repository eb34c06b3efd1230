internal import Defence

/// Models on disk.
public struct ModelStore: Sendable {
  /// A folder of models.
  public let folder: String
}
