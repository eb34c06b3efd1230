internal import Defence
internal import Images

/// What the classification tells of its work, for metrics.
enum ClassificationEvent: Sendable {
  /// Why a picture got no verdict.
  enum Refusal: String, Sendable, CaseIterable {
    /// The queue was full.
    case queueFull = "queue_full"
    /// The request's deadline was over before a network was asked.
    case deadline
    /// It is no picture that is read, or beyond the limits.
    case undecodable
    /// A network failed.
    case failure
  }

  /// A picture was taken on.
  case received
  /// A picture that was taken on, or not, gets no verdict.
  case refused(Refusal)
  /// A picture was decoded and brought to the input's size.
  case decoded(ImageFormat, Duration)
  /// A picture's waiting for a free thread is over.
  case dequeued(Duration)
  /// The networks were asked about so many pictures at once.
  case ran(pictures: Int, Duration)
  /// A picture has its verdict.
  case judged(Verdict, label: String, model: String, version: Int, requestID: String)
}
