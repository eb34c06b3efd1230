public import StateStore

/// A retraining, as the administration tells of it.
public struct JobDocument: Sendable, Decodable {
  /// How far it is.
  public struct Progress: Sendable, Decodable {
    /// From 0 to 1, of the whole.
    public let fraction: Double
    /// Until it ends; nil if nobody can say yet.
    public let secondsLeft: Double?
    /// Which network is trained: `student`, or a differentiator's id.
    public let network: String?
    /// The how manyth it is.
    public let number: Int?
    /// Of how many.
    public let count: Int?
    /// How often this network has seen all pictures, with this time.
    public let epoch: Int?
    /// How often it will.
    public let epochs: Int?
    /// The loss on what it learns from.
    public let loss: Double?
    /// The share of what it learns from that it gets right.
    public let accuracy: Double?
    /// How fast it goes.
    public let imagesPerSecond: Double?
  }

  /// Retrainings, as they are listed.
  public struct List: Sendable, Decodable {
    /// The newest first.
    public let jobs: [JobDocument]
  }

  /// What was asked for, where it stands, and what came of it.
  public let job: Job
  /// How far it is; nil if it is not at work.
  public let progress: Progress?
  /// The last lines of what its processes said.
  public let log: [String]

  private enum CodingKeys: CodingKey { case progress, log }

  /// The job's members stand beside the others.
  public init(from decoder: any Decoder) throws {
    job = try Job(from: decoder)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    progress = try members.decodeIfPresent(Progress.self, forKey: .progress)
    log = try members.decodeIfPresent([String].self, forKey: .log) ?? []
  }
}
