internal import Base
internal import Defence
internal import NeuralNet

/// Where pictures wait for the networks, and the threads that ask these.
///
/// A free thread takes what waits at that moment, up to a most, so that those pictures share the networks' runs. Where
/// nothing waits it helps another with networks that nobody has begun to ask: one picture alone is judged by all threads.
/// All models share the threads; one run has pictures of one generation.
///
/// A place is reserved before a picture is decoded and given up when the networks begin with it, or when it turns out to
/// be none; so the number of places bounds all that waits.
final class Batcher: Sendable {
  /// How it works.
  struct Settings: Sendable, Hashable {
    /// Threads that ask the networks.
    var threads = Processor.count
    /// Pictures that may be decoded or wait at once.
    var capacity = 256
    /// The most pictures of one run.
    var maximumBatch = 8
    /// How long a picture waits for others that are being decoded, while a thread is free. Zero is never.
    var delay = Duration.zero
  }

  private let hall: Hall
  private let threads: [ComputeThread]

  init(_ settings: Settings, observer: (any ClassificationObserver)? = nil) {
    let hall = Hall(settings)
    self.hall = hall
    threads = (0..<settings.threads).map { _ in ComputeThread() }
    for (lane, thread) in threads.enumerated() {
      _ = thread.submit { BatchRunner(lane: lane, hall: hall, observer: observer).run() }
    }
  }

  /// What waits is judged yet.
  deinit { hall.close() }

  /// Whether no place is free.
  var isFull: Bool { hall.isFull }
  /// Pictures that are decoded or wait.
  var occupied: Int { hall.occupied }

  /// Takes places.
  ///
  /// - Returns: how many of the `count` there were.
  func reserve(_ count: Int = 1) -> Int { hall.reserve(count) }
  /// Gives up a place for which there is no picture.
  func giveUp() { hall.giveUp() }
  /// Lets a picture wait in a place that was reserved for it.
  func submit(_ picture: WaitingPicture) { hall.submit(picture) }
}
