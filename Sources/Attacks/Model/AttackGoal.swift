public import Images

/// What one attack begins with and what it is to reach.
public struct AttackGoal: Sendable {
  /// The picture to change, at the model's size.
  public var picture: Picture
  /// Its label, an output of the model's first head.
  public var label: Int
  /// The label that the model is to give; nil for any but ``label``.
  public var target: Int?

  /// A targeted attack, or without a target a non-targeted one.
  public init(_ picture: Picture, label: Int, target: Int? = nil) {
    (self.picture, self.label, self.target) = (picture, label, target)
  }
}
