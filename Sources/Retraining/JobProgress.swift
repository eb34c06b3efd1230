/// How far a job is.
public struct JobProgress: Sendable, Hashable, Codable {
  /// The share of the whole job that is done, 0 to 1. Training counts for nine tenths.
  public var fraction: Double
  /// An estimate of what is left of the present step, in seconds.
  public var secondsLeft: Double?
  /// The network that is being trained.
  public var network: String?
  /// Its number, from 1.
  public var number: Int?
  /// How many networks there are.
  public var count: Int?
  /// The pass through the pictures, from 1.
  public var epoch: Int?
  /// How many passes there are.
  public var epochs: Int?
  /// The training's loss.
  public var loss: Double?
  /// The share of training pictures that got their label.
  public var accuracy: Double?
  /// Pictures trained on in a second.
  public var imagesPerSecond: Double?

  /// No more than a share.
  public init(fraction: Double) { self.fraction = fraction }
}
