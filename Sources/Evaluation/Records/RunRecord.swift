public import Defence

/// What was evaluated, with what and how.
public struct RunRecord: Sendable, Codable {
  /// A network or ensemble that an attacker trained.
  public struct Surrogate: Sendable, Codable {
    /// Such as `surrogate-1`.
    public var name: String
    /// What it was trained from and on.
    public var description: String
    /// How it does on the evaluated pictures.
    public var measured: CleanMeasurement
    /// How long its training took.
    public var seconds: Int
  }

  /// When it ended, as RFC 3339 writes it.
  public var created: String
  /// The command line.
  public var command: String
  /// How long it took, in seconds.
  public var seconds: Double
  /// The model's name.
  public var model: String
  /// Its version.
  public var version: Int
  /// Its digest.
  public var digest: String
  /// Its labels.
  public var labels: [String]
  /// Its differentiators' ids, in the order of the records' scores.
  public var differentiators: [String]
  /// The share of channels that each of them lost.
  public var pruningRatios: [Double]
  /// How many of them are asked.
  public var asked: Int
  /// How scores become a verdict.
  public var policy: Policy
  /// How they become one.
  public var aggregation: Aggregation
  /// The share of clean pictures that its thresholds are made for.
  public var alpha: Double
  /// The input's width and height in pixels.
  public var inputSize: [Int]
  /// What the pictures are called.
  public var data: String
  /// How many there are.
  public var pictures: Int
  /// What all was drawn from.
  public var seed: UInt64
  /// `quick` or `full`.
  public var preset: String
  /// The threats that were asked for.
  public var threats: [AttackRecord.Threat]
  /// What the attackers trained.
  public var surrogates: [Surrogate]
}
