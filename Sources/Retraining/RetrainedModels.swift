public import StateStore

/// Where a job's reviewed pictures were collected.
public struct FeedbackFolders: Sendable, Hashable {
  /// A folder with one folder of pictures for each label; nil if there are none.
  public var genuine: String?
  /// A folder of pictures that were made to deceive; nil if there are none.
  public var adversarial: String?

  /// Folders, where there are pictures for them.
  public init(genuine: String? = nil, adversarial: String? = nil) {
    (self.genuine, self.adversarial) = (genuine, adversarial)
  }
}

/// What the queue asks of those who keep the models. It is asked on the queue's own thread, which may be blocked.
///
/// A gateway can be killed between any two calls, and is asked again for what it has not noted by then. The description of
/// what is thrown becomes a part of ``Job/reason``.
public protocol RetrainedModels: Sendable {
  /// The folder with a model's versions.
  func folder(of model: String) -> String
  /// Where a version is, once it is there.
  func place(of version: Int, of model: String) -> String
  /// Where `distinguo train` keeps what is unfinished of a version.
  func workFolder(of version: Int, of model: String) -> String
  /// A number that no version has, and that no other job gets as long as this one has not ended without a version.
  func reserveVersion(of model: String, job: String) throws -> Int
  /// The current version, or nil.
  func currentVersion(of model: String) -> Int?
  /// Whether a whole bundle stands at a version's place, to where it is renamed in one step.
  func isComplete(_ version: Int, of model: String) -> Bool
  /// Puts the reviewed pictures of the job's model into a folder that is not there yet.
  func collectFeedback(for job: Job, into folder: String) throws -> FeedbackFolders
  /// Makes a job's version the current one.
  ///
  /// - Parameter ifCurrent: the version it was measured against. If another is current by now, this is refused.
  func activate(_ version: Int, of model: String, ifCurrent: Int?, job: Job) throws
}

/// Somebody who wants to know how jobs come on.
public protocol JobObserver: Sendable {
  /// A job's state or step has changed, or, at most twice a second, its progress. Must not block, nor call the queue.
  func observe(_ status: JobStatus)
}
