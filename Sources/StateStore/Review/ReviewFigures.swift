/// What people said of the rejections that are kept now.
public struct ReviewFigures: Sendable, Hashable, Codable {
  /// All.
  public var kept: Int
  /// Of which nobody has said anything yet.
  public var unreviewed: Int
  /// Called adversarial: the rejection was right.
  public var confirmed: Int
  /// Called genuine: the rejection was a mistake.
  public var overturned: Int

  /// Figures from their parts.
  public init(kept: Int = 0, unreviewed: Int = 0, confirmed: Int = 0, overturned: Int = 0) {
    (self.kept, self.unreviewed, self.confirmed, self.overturned) = (kept, unreviewed, confirmed, overturned)
  }
}
