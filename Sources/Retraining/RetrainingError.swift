public import StateStore

/// Why a job is not taken, or cannot be ended.
public enum RetrainingError: Error, Equatable, CustomStringConvertible {
  /// There is no job with this id.
  case unknownJob(String)
  /// It ended before, or it has passed the last moment at which it could be ended.
  case alreadyFinished(String)
  /// It was asked to end before.
  case alreadyCancelling(String)
  /// As many jobs wait as may.
  case tooManyJobs(capacity: Int)
  /// The path is outside of the folders that are allowed; why.
  case pathNotAllowed(path: String, reason: String)
  /// There is nothing to train with; why.
  case unusableData(reason: String)
  /// The gateway is ending.
  case stopping
  /// The job cannot be read or written.
  case state(StateError)

  /// One line for people.
  public var description: String {
    switch self {
    case .unknownJob(let id): "there is no job '\(id)'"
    case .alreadyFinished(let id): "the job '\(id)' has ended"
    case .alreadyCancelling(let id): "the job '\(id)' is being cancelled"
    case .tooManyJobs(let capacity): "\(capacity) jobs wait, as many as may (retraining.queue); try again later"
    case .pathNotAllowed(let path, let reason): "'\(path)' is not allowed: \(reason)"
    case .unusableData(let reason): reason
    case .stopping: "the gateway is ending"
    case .state(let error): error.description
    }
  }
}

/// The same, where the state is read or written.
func withState<Value>(_ body: () throws(StateError) -> Value) throws(RetrainingError) -> Value {
  do throws(StateError) {
    return try body()
  } catch {
    throw .state(error)
  }
}
