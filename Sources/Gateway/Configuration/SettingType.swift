internal import HTTPServer

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

  /// A numeric address without a port.
  static let host = SettingType("a numeric IPv4 or IPv6 address, or localhost", brief: "") { text in
    guard case .tcp(let host, _)? = try? ListenAddress(text.contains(":") ? "[\(text)]:0" : "\(text):0") else {
      return nil
    }
    return host
  } write: {
    $0
  }
}

extension SettingType where Value == ListenAddress {
  /// An address with its port, or a Unix-domain socket.
  static let address = SettingType("address:port, [IPv6 address]:port or unix:/path") { text in
    try? ListenAddress(text)
  } write: { address in
    if case .unix(let path, let mode) = address, mode != ListenAddress.usualMode {
      "unix:\(path)?mode=\(String(mode, radix: 8))"
    } else {
      address.description
    }
  }
}

extension SettingType where Value == UInt16 {
  /// A TCP port.
  static let port = SettingType("a whole number from 0 to 65535", brief: "0 to 65535") { text in
    Int(digits: text).flatMap { UInt16(exactly: $0) }
  } write: {
    "\($0)"
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

extension SettingType where Value == Double {
  /// A share, or another small number, with digits and a point.
  static func share(_ range: ClosedRange<Double>) -> SettingType {
    let write: @Sendable (Double) -> String = { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
    let brief = "\(write(range.lowerBound)) to \(write(range.upperBound))"
    return SettingType("a number from \(brief)", brief: brief) { text in
      // Double would take a sign, an exponent, hexadecimal digits and "nan".
      guard text.allSatisfy({ $0.isASCIIDigit || $0 == "." }), text.first?.isASCIIDigit == true else { return nil }
      return Double(text).flatMap { range.contains($0) ? $0 : nil }
    } write: {
      write($0)
    }
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

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
