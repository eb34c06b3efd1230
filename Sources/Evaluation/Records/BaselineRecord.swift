/// A prior defence, as a report describes it.
public struct BaselineRecord: Sendable, Hashable, Codable {
  /// Such as `feature-squeezing`.
  public var name: String
  /// What it does and how it was tuned, in a sentence or two.
  public var method: String
  /// Below which score it rejects; from the same calibration pictures and share as the defence's thresholds.
  public var threshold: Double
  /// How many calibration pictures that was.
  public var calibrationPictures: Int
}
