internal import Glibc
internal import Logging

/// What one line of the log says, before it has a format.
struct LogRecord: Sendable {
  /// A field's value.
  enum Value: Sendable, Hashable {
    case nothing
    case text(String)
    case number(Int)
    case flag(Bool)
    /// Written as milliseconds with three decimals.
    case time(Duration)
  }

  /// A name and a value.
  struct Field: Sendable, Hashable {
    let name: String
    let value: Value

    init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// Nanoseconds since 1970 in UTC.
  let time: Int
  let level: Logger.Level
  /// Which part of the program speaks.
  let logger: String
  let message: String
  let fields: [Field]

  init(
    time: Int = LogRecord.now, level: Logger.Level, logger: String, message: String, fields: [Field] = []
  ) {
    self.time = time
    self.level = level
    self.logger = logger
    self.message = message
    self.fields = fields
  }

  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
