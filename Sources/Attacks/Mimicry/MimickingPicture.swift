public import Images

/// What a ``Mimicry`` attack made of one source.
public struct MimickingPicture: Sendable, Hashable {
  /// The adversarial picture. If nothing within the budget was closer to the target, the source itself.
  public let picture: Picture
  /// Which of the aim's targets it mimics; nil if features of zero were wanted.
  public let target: Int?
  /// Its DSSIM from the source: never more than the budget.
  public let dissimilarity: Double
  /// ‖F(s) − F(t)‖₂, the Euclidean distance of the source's features from the target's.
  public let distanceBefore: Double
  /// ‖F(x) − F(t)‖₂ of the adversarial picture.
  public let distanceAfter: Double

  /// Whether it came any closer than the source.
  public var isCloser: Bool { distanceAfter < distanceBefore }
}
