internal import Logging

/// A line as it is being made: never longer than a pipe takes whole, and never more than one line.
struct LogLine {
  /// PIPE_BUF on Linux: so many bytes are written to a pipe at once or not at all (pipe(7)), so that lines of several
  /// processes do not mix.
  static let limit = 4096
  private static let messageLimit = 1024
  private static let valueLimit = 512
  private static let nameLimit = 64
  /// What is kept free for saying how many fields were left out, and the line's end.
  private static let reserve = 32

  private(set) var bytes: [UInt8] = []
  private let format: LogFormat

  /// The line of a record, with its line feed. Values that are too long are cut off; fields for which there is no room
  /// are left out and counted.
  static func bytes(of record: LogRecord, format: LogFormat) -> [UInt8] {
    var line = LogLine(format)
    line.begin(record)
    var omitted = 0
    for field in record.fields {
      let start = line.bytes.count
      line.add(field)
      guard line.bytes.count > limit - reserve else { continue }
      line.bytes.removeSubrange(start...)
      omitted += 1
    }
    if omitted > 0 { line.add(.init("omitted", .number(omitted))) }
    line.bytes += format == .json ? [UInt8(ascii: "}"), 0x0a] : [0x0a]
    return line.bytes
  }

  private init(_ format: LogFormat) {
    self.format = format
    bytes.reserveCapacity(512)
  }

  private mutating func begin(_ record: LogRecord) {
    switch format {
    case .json:
      append("{\"time\":\"")
      append(time: record.time)
      append("\",\"level\":\"\(record.level.rawValue)\",\"logger\":\"")
      append(escaping: record.logger, atMost: Self.nameLimit)
      append("\",\"message\":\"")
      append(escaping: record.message, atMost: Self.messageLimit)
      append("\"")
    case .text:
      append(time: record.time)
      append(" \(record.level.rawValue) ")
      append(escaping: record.logger, atMost: Self.nameLimit)
      append(": ")
      append(escaping: record.message, atMost: Self.messageLimit)
    }
  }

  private mutating func add(_ field: LogRecord.Field) {
    switch format {
    case .json:
      append(",\"")
      append(escaping: field.name, atMost: Self.nameLimit)
      append("\":")
    case .text:
      if field.value == .nothing { return }
      append(" ")
      append(escaping: field.name, atMost: Self.nameLimit)
      append("=")
    }
    switch field.value {
    case .nothing: append("null")
    case .number(let number): append("\(number)")
    case .flag(let flag): append(flag ? "true" : "false")
    case .time(let duration): append(milliseconds: duration)
    case .text(let text) where format == .text && text.isPlain: append(escaping: text, atMost: Self.valueLimit)
    case .text(let text):
      append("\"")
      append(escaping: text, atMost: Self.valueLimit)
      append("\"")
    }
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A text as the inside of a JSON string (RFC 8259 §7).
  ///
  /// Beyond what JSON asks for, everything is escaped that could make a terminal or a viewer show something else than
  /// what was said: C1 controls, line separators, and marks that turn the direction of writing.
  private mutating func append(escaping text: String, atMost limit: Int) {
    let end = bytes.count + limit
    for scalar in text.unicodeScalars {
      let start = bytes.count
      switch scalar {
      case "\"", "\\": bytes += [UInt8(ascii: "\\"), UInt8(ascii: scalar)]
      case "\n": append("\\n")
      case "\t": append("\\t")
      case _ where scalar.isHidden: append(hexadecimal: scalar.value)
      default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
      if bytes.count > end {
        bytes.removeSubrange(start...)
        return append("…")
      }
    }
  }

  /// Hidden scalars all have four digits at most.
  private mutating func append(hexadecimal value: UInt32) {
    let digits = String(value, radix: 16)
    append("\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits)
  }

  private mutating func append(milliseconds duration: Duration) {
    let microseconds = max(0, duration.wholeMicroseconds)
    append("\(microseconds / 1000).")
    append(microseconds % 1000, digits: 3)
  }

  /// RFC 3339 in UTC, with milliseconds.
  private mutating func append(time: Int) {
    let (days, nanoseconds) = (time / 86_400_000_000_000, time % 86_400_000_000_000)
    let (year, month, day) = Self.date(days)
    let seconds = nanoseconds / 1_000_000_000
    append(year, digits: 4)
    for (mark, number) in [
      ("-", month), ("-", day), ("T", seconds / 3600), (":", seconds / 60 % 60), (":", seconds % 60),
    ] {
      append(mark)
      append(number, digits: 2)
    }
    append(".")
    append(nanoseconds / 1_000_000 % 1000, digits: 3)
    append("Z")
  }

  private mutating func append(_ number: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  /// The Gregorian date of a day since 1970-01-01 (Hinnant 2013, `civil_from_days`), for days that are not negative.
  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    // Eras of 400 years that start on the first of March, so that the leap day is a year's last.
    let shifted = days + 719_468
    let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}

extension Unicode.Scalar {
  /// Whether it changes how others look instead of being seen itself.
  fileprivate var isHidden: Bool {
    switch value {
    case 0..<0x20, 0x7f...0x9f, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
    default: false
    }
  }
}

extension String {
  /// Whether it can stand after an equals sign as it is.
  fileprivate var isPlain: Bool {
    !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
      && !utf8.contains(UInt8(ascii: "="))
  }
}
