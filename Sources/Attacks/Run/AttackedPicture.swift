public import Images

/// What an attack made of one picture.
public struct AttackedPicture: Sendable, Hashable {
  /// In whole pixel values, within the budget. If the attack found nothing, the nearest it came.
  public let picture: Picture
  /// Whether it reaches the goal, as the attacked model says of exactly this picture.
  public let succeeds: Bool
  /// What the attack's objective is for exactly this picture: the higher, the nearer to the goal.
  public let objective: Double
}
