/// How far an attack has come.
public struct AttackProgress: Sendable, Hashable {
  /// The steps that were taken, each picture counting its own.
  public let steps: Int
  /// All there are to take.
  public let total: Int
}
