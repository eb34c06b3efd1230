/// How a setting's value is written, and what it may be.
struct SettingType<Value: Sendable>: Sendable {
  /// What is right, so that "it must be …" can be said.
  let words: String
  /// The same in the fewest words, where units have been explained and a path needs no explanation.
  let brief: String
  /// The value of a text; nil if it is wrong.
  let read: @Sendable (String) -> Value?
  /// The text of a value.
  let write: @Sendable (Value) -> String

  init(
    _ words: String, brief: String? = nil, read: @escaping @Sendable (String) -> Value?,
    write: @escaping @Sendable (Value) -> String
  ) {
    self.words = words
    self.brief = brief ?? words
    self.read = read
    self.write = write
  }
}

extension SettingType where Value == Bool {
  /// On or off.
  static let onOff = SettingType("true or false") { text in
    switch text {
    case "true", "yes", "on", "1": true
    case "false", "no", "off", "0": false
    default: nil
    }
  } write: {
    "\($0)"
  }
}

extension SettingType where Value == String {
  /// A file or folder.
  static let path = SettingType("a path", brief: "") {
    $0.isEmpty || $0.utf8.contains(0) ? nil : $0
  } write: {
    $0
  }

  /// A model's name, which is also its folder's.
  static let name = SettingType("a model's name (a folder's, without a slash)", brief: "names") { text in
    text.isEmpty || text.hasPrefix(".") || text.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") } ? nil : text
  } write: {
    $0
  }

  /// What a server can be bound to.
  static let host = SettingType("a host's name or address", brief: "") {
    ListenAddress.isHost($0) ? $0 : nil
  } write: {
    $0
  }
}

extension SettingType where Value == ListenAddress {
  /// What a server can be bound to, with its port.
  static let address = SettingType("host:port, [IPv6 address]:port or unix:/path") {
    ListenAddress($0)
  } write: {
    $0.description
  }
}

extension SettingType where Value == Int {
  /// A whole number.
  static func number(_ range: ClosedRange<Int>) -> SettingType {
    let brief = "\(range.lowerBound) to \(range.upperBound)"
    return SettingType("a whole number from \(brief)", brief: brief) { text in
      Int(digits: text).flatMap { range.contains($0) ? $0 : nil }
    } write: {
      "\($0)"
    }
  }

  /// A file's permissions, in octal digits.
  static let permissions = SettingType("permissions as three or four octal digits, up to 0777", brief: "octal digits") {
    text in
    (3...4).contains(text.utf8.count) && text.allSatisfy(\.isASCIIDigit)
      ? Int(text, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil } : nil
  } write: {
    "0" + String($0, radix: 8)
  }

  private static let sizes = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)]

  /// Bytes.
  static func size(_ range: ClosedRange<Int>) -> SettingType {
    let write: @Sendable (Int) -> String = { value in
      let (unit, factor) = sizes.first { value % $0.1 == 0 && value > 0 } ?? ("", 1)
      return "\(value / factor)\(unit)"
    }
    let brief = "\(write(range.lowerBound)) to \(write(range.upperBound))"
    return SettingType("a whole number of bytes, or with KiB, MiB or GiB, from \(brief)", brief: brief) { text in
      Self.quantity(text, units: sizes).flatMap { range.contains($0) ? $0 : nil }
    } write: {
      write($0)
    }
  }

  /// A whole number followed by one of the units; nil for anything else, or more than there are numbers for.
  fileprivate static func quantity(_ text: String, units: [(String, Int)]) -> Int? {
    let unit = text.drop(while: \.isASCIIDigit)
    guard let factor = units.first(where: { $0.0 == unit })?.1,
      let number = Int(digits: String(text.prefix(text.count - unit.count)))
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }
}

extension SettingType where Value == Duration {
  private static let units = [("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1)]

  /// A time with its unit; 0 needs none.
  static func duration(_ range: ClosedRange<Duration>) -> SettingType {
    let write: @Sendable (Duration) -> String = { value in
      let microseconds = value.wholeMicroseconds
      let (unit, factor) = units.first { microseconds % $0.1 == 0 && microseconds > 0 } ?? ("s", 1_000_000)
      return "\(microseconds / factor)\(unit)"
    }
    let brief = "\(write(range.lowerBound)) to \(write(range.upperBound))"
    return SettingType("a whole number with us, ms, s, min or h, from \(brief)", brief: brief) { text in
      let microseconds = SettingType<Int>.quantity(text, units: units) ?? (text == "0" ? 0 : nil)
      return microseconds.map { .microseconds($0) }.flatMap { range.contains($0) ? $0 : nil }
    } write: {
      write($0)
    }
  }
}

extension SettingType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of a few words.
  static var choice: SettingType {
    let words = Value.allCases.map(\.rawValue)
    let last = words.last ?? ""
    return SettingType(words.count > 1 ? "\(words.dropLast().joined(separator: ", ")) or \(last)" : last) {
      Value(rawValue: $0)
    } write: {
      $0.rawValue
    }
  }
}

extension Int {
  /// Digits only: no sign, no space, nothing that more than one script has.
  init?(digits text: String) {
    guard !text.isEmpty, text.allSatisfy(\.isASCIIDigit), let value = Int(text) else { return nil }
    self = value
  }
}

extension Duration {
  var wholeMicroseconds: Int {
    Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
  }
}
