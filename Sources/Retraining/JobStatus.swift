public import StateStore

/// A job, and what is known of it while it runs. As JSON, one object: the job's members, `progress` and `log`.
public struct JobStatus: Sendable, Hashable, Codable {
  /// What is kept of it.
  public var job: Job
  /// How far it is; nil unless it is at work.
  public var progress: JobProgress?
  /// Its log's last lines, 50 at most.
  public var log: [String]

  /// A status from its parts.
  public init(job: Job, progress: JobProgress?, log: [String]) {
    (self.job, self.progress, self.log) = (job, progress, log)
  }

  private enum CodingKeys: String, CodingKey { case progress, log }

  /// Reads the one object.
  public init(from decoder: any Decoder) throws {
    job = try Job(from: decoder)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    progress = try members.decodeIfPresent(JobProgress.self, forKey: .progress)
    log = try members.decode([String].self, forKey: .log)
  }

  /// Writes the one object.
  public func encode(to encoder: any Encoder) throws {
    try job.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(progress, forKey: .progress)
    try members.encode(log, forKey: .log)
  }
}
