public import Images

/// What one attack is to reach: a picture like `source` with features like those of a target.
public struct MimicryAim: Sendable {
  /// What the picture is to look like.
  public var source: Picture
  /// Whose features it is to have: one for a targeted attack; for a non-targeted one several, of different classes, of
  /// which the one is kept whose features come closest.
  public var targets: [Picture]

  /// A non-targeted attack, or with one target a targeted one.
  public init(source: Picture, targets: [Picture]) {
    self.source = source
    self.targets = targets
  }

  /// A targeted attack.
  public init(source: Picture, target: Picture) { self.init(source: source, targets: [target]) }
}
