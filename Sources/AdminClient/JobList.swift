public import Retraining

/// Retrainings, as the administration tells of them.
public struct JobList: Sendable, Decodable {
  /// The newest first.
  public let jobs: [JobStatus]
}
