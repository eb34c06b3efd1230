/// What a training tells while it runs.
public enum TrainingEvent: Sendable {
  /// The pictures are there.
  case data(labels: Int, training: Int, withheld: Int, heldOut: Int, broken: Int)
  /// A step was taken.
  case step(Step)
  /// A network is trained.
  case trained(Trained)
  /// The thresholds are there.
  case calibrated(scores: Int, pooledThreshold: Double)
  /// A picture for the bundle's samples that the defence does not accept with its right label.
  case sampleLeftOut(String, reason: String)

  /// A step of one network's training.
  public struct Step: Sendable {
    /// `student`, or a differentiator's id.
    public let network: String
    /// The network's number, from 1.
    public let number: Int
    /// How many networks there are.
    public let count: Int
    /// From 1.
    public let epoch: Int
    /// How many epochs it has.
    public let epochs: Int
    /// Steps taken.
    public let step: Int
    /// Steps in all.
    public let steps: Int
    /// The mean over about the last epoch.
    public let loss: Double
    /// The share of training pictures that got their label in about the last epoch.
    public let accuracy: Double
    /// Pictures trained on in a second.
    public let imagesPerSecond: Double
    /// An estimate for all that is left to train.
    public let secondsLeft: Double
  }

  /// A trained network.
  public struct Trained: Sendable {
    /// `student`, or a differentiator's id.
    public let network: String
    /// How many weights it has.
    public let weights: Int
    /// Withheld pictures of its scope that it labels rightly.
    public let accuracy: Rate
    /// Withheld pictures of its scope on which it says what the Student says; nil for the Student itself.
    public let agreement: Rate?
  }
}
