internal import Glibc

/// Runs a child process to its end, on the calling thread: reads what it writes, and ends it where it must end.
struct ChildRun {
  /// Why a child was ended from here.
  enum Interruption: Hashable {
    /// It took too long.
    case timeLimit
    /// Its job was cancelled.
    case cancelled
    /// The gateway ends.
    case stopping
  }

  /// Which of the child's outputs a line is from.
  enum Stream { case output, errors }

  /// How it went.
  struct Outcome {
    let ending: Ending
    let interruption: Interruption?
  }

  /// Wakes the thread when ``wish`` has another answer.
  let wake: Wake
  /// When the child has had its time.
  let deadline: ContinuousClock.Instant
  /// How long it may take to end after SIGTERM.
  let grace: Duration
  /// Whether somebody wants it to end.
  let wish: () -> Interruption?
  /// Told now and then, every half second at least.
  let pulse: () -> Void

  private static let chunk = 64 * 1024
  /// How long the thread sleeps after a chunk that was full: a child that writes without end is read at 1 MiB a second, so
  /// that nothing comes of it but that it waits.
  private static let rest = Duration.milliseconds(60)
  /// How often a child that has closed its outputs is looked at: it is about to end.
  private static let haste = Duration.milliseconds(5)
  /// How often a child that writes nothing is looked at: one that closed its outputs can end without a sign.
  private static let interval = Duration.milliseconds(200)

  /// Runs the child to its end.
  ///
  /// - Parameter read: takes what it writes.
  func run(_ child: consuming ChildProcess, read: (Stream, ArraySlice<UInt8>) -> Void) -> Outcome {
    var open: [Stream] = [.output, .errors]
    var buffer = [UInt8](repeating: 0, count: Self.chunk)
    var interruption: Interruption?
    var killing: ContinuousClock.Instant?
    while true {
      if interruption == nil, let reason = wish() ?? (ContinuousClock.now >= deadline ? .timeLimit : nil) {
        interruption = reason
        killing = .now + grace
        child.signal(SIGTERM)
      }
      if let time = killing, ContinuousClock.now >= time {
        child.signal(SIGKILL)
        killing = nil
      }
      let isFull = readOnce(&open, child.output, child.errors, &buffer, read)
      pulse()
      if let ending = child.ending() {
        // What is in the pipes is all there is: who else had their other ends was killed with it. Only so much is taken.
        for _ in 0..<16 where !open.isEmpty { _ = readOnce(&open, child.output, child.errors, &buffer, read) }
        return Outcome(ending: ending, interruption: interruption)
      }
      let interval = isFull ? Self.rest : open.isEmpty ? Self.haste : Self.interval
      let limit = min(killing.map { $0 - .now } ?? interval, interval)
      wake.wait(atMost: limit, also: isFull ? [] : open.map { $0 == .output ? child.output : child.errors })
    }
  }

  /// Reads a chunk of each stream that is open.
  ///
  /// - Returns: whether one was full.
  private func readOnce(
    _ open: inout [Stream], _ output: Int32, _ errors: Int32, _ buffer: inout [UInt8],
    _ take: (Stream, ArraySlice<UInt8>) -> Void
  ) -> Bool {
    var isFull = false
    for stream in open {
      let count = Glibc.read(stream == .output ? output : errors, &buffer, buffer.count)
      if count > 0 { take(stream, buffer[..<count]) }
      isFull = isFull || count == buffer.count
      if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { open.removeAll { $0 == stream } }
    }
    return isFull
  }
}
