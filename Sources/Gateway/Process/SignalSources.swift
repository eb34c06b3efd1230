internal import Dispatch
internal import Glibc
internal import Synchronization

/// SIGTERM, SIGINT and SIGHUP, heard on a queue; they no longer end the process by themselves.
///
/// The first wish to stop is for stopping in order. Whoever asks twice does not want to wait: the second ends the process
/// at once, whatever the queue is busy with.
///
/// Sendable unchecked: the sources are not changed after they are made, and may be used from any queue.
final class SignalSources: @unchecked Sendable {
  /// What a signal asks for.
  enum Wish: Sendable {
    /// SIGTERM, SIGINT.
    case stop
    /// SIGHUP.
    case reload
  }

  private let sources: [any DispatchSourceSignal]
  private let isStopping = Atomic(false)

  /// Listens until it goes.
  ///
  /// - Parameters:
  ///   - queue: where `handler` is called.
  ///   - endAtOnce: called with the second signal that asks to stop; ends the process by that signal's own effect.
  init(
    queue: DispatchQueue, endAtOnce: @escaping @Sendable (Int32) -> Void = SignalSources.end,
    handler: @escaping @Sendable (Wish) -> Void
  ) {
    let own = DispatchQueue(label: "distinguo.signals")
    let numbers = [SIGTERM, SIGINT, SIGHUP]
    let registration = DispatchGroup()
    sources = numbers.map { DispatchSource.makeSignalSource(signal: $0, queue: own) }
    for (index, number) in numbers.enumerated() {
      // Dispatch only watches; what the signal did otherwise must be taken from it.
      signal(number, SIG_IGN)
      sources[index].setEventHandler { @Sendable [weak self] in
        guard let self else { return }
        if number == SIGHUP { return queue.async { handler(.reload) } }
        let isFirst = !isStopping.exchange(true, ordering: .relaxed)
        if isFirst { queue.async { handler(.stop) } }
        // Two that come at the same time are one event, with their number.
        if !isFirst || sources[index].data > 1 { endAtOnce(number) }
      }
      registration.enter()
      sources[index].setRegistrationHandler { @Sendable in registration.leave() }
      sources[index].activate()
    }
    // Until Dispatch watches, a signal would be lost.
    registration.wait()
  }

  deinit { for source in sources { source.cancel() } }

  /// Ends the process by a signal, so that whoever waits for it sees what ended it.
  private static func end(by number: Int32) {
    // Dispatch's threads have signals blocked.
    var own = sigset_t()
    sigemptyset(&own)
    sigaddset(&own, number)
    pthread_sigmask(SIG_UNBLOCK, &own, nil)
    signal(number, SIG_DFL)
    raise(number)
    _exit(128 + number)
  }
}
