import Foundation

/// How a command that works for long is ended from outside.
enum Termination {
  /// Lets SIGTERM end the process at once, whoever started it.
  ///
  /// A child has its parent's mask, and what its parent ignores: Dispatch's threads, of which many a server starts its
  /// children, block the signal. Nothing is lost by it: what a training has is in its checkpoints.
  static func allow() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    signal(SIGTERM, SIG_DFL)
    // Threads that are made later have this one's mask.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
