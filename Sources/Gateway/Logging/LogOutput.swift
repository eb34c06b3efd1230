internal import Base
internal import Dispatch
public import Logging
internal import Synchronization

/// Where lines of the log go. It never holds up who logs, and nothing that happens to the other end ends the process:
/// lines that cannot be written, or that would wait in too long a queue, are dropped and counted.
public final class LogOutput: Sendable {
  /// What lines are written to.
  public enum Destination: Sendable, Hashable {
    /// The process's standard error.
    case standardError
    /// A file that is added to; it is made if it is not there.
    case file(String)
  }

  private struct State {
    var waiting: [LogRecord] = []
    var isScheduled = false
    /// Lines dropped since the log last said so.
    var untold = 0
  }

  private let format: LogFormat
  private let capacity: Int
  private let state = LockBox(State())
  private let queue = DispatchQueue(label: "distinguo.log")
  /// Touched on the queue only.
  private let sink: LogSink
  private let lost = Atomic<Int>(0)
  private let threshold: Atomic<Int>

  /// Opens the destination.
  ///
  /// - Parameters:
  ///   - level: the least that loggers log.
  ///   - capacity: how many lines may wait to be written.
  /// - Throws: `FileError` if the file cannot be opened.
  public convenience init(
    to destination: Destination, format: LogFormat, level: Logger.Level = .info, capacity: Int = 8192
  ) throws {
    self.init(try LogSink(destination), format: format, level: level, capacity: capacity)
  }

  init(_ sink: LogSink, format: LogFormat, level: Logger.Level, capacity: Int) {
    self.sink = sink
    self.format = format
    self.capacity = capacity
    threshold = Atomic(level.rank)
  }

  /// How many lines were dropped so far.
  public var dropped: Int { lost.load(ordering: .relaxed) }

  /// The least that loggers log. The access log does not ask.
  public var level: Logger.Level {
    get { Logger.Level.allCases[threshold.load(ordering: .relaxed)] }
    set { threshold.store(newValue.rank, ordering: .relaxed) }
  }

  /// Opens the file anew, which may have been renamed by whoever keeps logs short. If that fails, the old one stays.
  public func reopen() {
    queue.async { [self] in
      do {
        try sink.reopen()
      } catch {
        write(
          LogRecord(level: .error, logger: "distinguo.log", message: "The log's file cannot be opened anew: \(error)"))
      }
    }
  }

  /// Waits until what was logged so far is written, at most so long: the other end may not be reading.
  ///
  /// - Returns: whether it is.
  @discardableResult
  public func flush(within limit: Duration) -> Bool {
    let done = DispatchSemaphore(value: 0)
    queue.async { [self] in
      drain()
      done.signal()
    }
    return done.wait(timeout: .now() + .microseconds(limit.wholeMicroseconds)) == .success
  }

  /// Takes a record to be written soon. Does not block.
  func write(_ record: LogRecord) {
    let isFirst = state.withLock { state in
      guard state.waiting.count < capacity else {
        state.untold += 1
        lost.add(1, ordering: .relaxed)
        return false
      }
      state.waiting.append(record)
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if isFirst { queue.async { [self] in drain() } }
  }

  /// Writes what waits, several lines at a time. On the queue.
  private func drain() {
    while let (records, untold) = waiting() {
      var lines = records.map { LogLine.bytes(of: $0, format: format) }
      if untold > 0 { lines.append(notice(of: untold)) }
      let failed = sink.write(lines)
      guard failed > 0 else { continue }
      // The notice comes last, so it has failed too; it is told again with the next line, but is none that is missed.
      let count = untold > 0 ? failed - 1 : failed
      lost.add(count, ordering: .relaxed)
      state.withLock { $0.untold += count + untold }
    }
  }

  /// What is to be written, with how many lines were dropped; nil if nothing waits.
  private func waiting() -> (records: [LogRecord], untold: Int)? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isScheduled = false
        return nil
      }
      defer { (state.waiting, state.untold) = ([], 0) }
      return (state.waiting, state.untold)
    }
  }

  private func notice(of count: Int) -> [UInt8] {
    let record = LogRecord(
      level: .warning, logger: "distinguo.log", message: "Lines of the log were dropped.",
      fields: [.init("count", .number(count))])
    return LogLine.bytes(of: record, format: format)
  }
}

extension Logger.Level {
  /// Its place among all levels, trace being the lowest.
  fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
