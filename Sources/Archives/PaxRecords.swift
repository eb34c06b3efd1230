/// The records of a pax extended header: lines "LENGTH KEY=VALUE" (POSIX.1-2017, pax, "pax Extended Header").
struct PaxRecords {
  /// The entry's name, where the header's field is too short for it.
  var path: [UInt8]?
  /// The entry's size.
  var size: Int?

  init(_ bytes: [UInt8]) throws(ArchiveError.Kind) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let digits = rest.prefix { $0 != UInt8(ascii: " ") }.prefix(10)
      guard let length = Self.decimal(digits), length > digits.count + 1, length <= rest.count,
        rest[rest.startIndex + length - 1] == UInt8(ascii: "\n")
      else { throw .malformed("a pax header whose records do not fit") }
      let record = rest.prefix(length - 1).dropFirst(digits.count + 1)
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
        throw .malformed("a pax header with a record that has no value")
      }
      try take(key: String(decoding: record[..<equals], as: UTF8.self), value: record[(equals + 1)...])
      rest = rest.dropFirst(length)
    }
  }

  private mutating func take(key: String, value: ArraySlice<UInt8>) throws(ArchiveError.Kind) {
    switch key {
    case "path": path = Array(value)
    case "size":
      guard let number = Self.decimal(value) else { throw .malformed("a pax header with a size that is no number") }
      size = number
    // Times, owners and comments say nothing about the content; a sparse file's content is laid out otherwise.
    case _ where key.hasPrefix("GNU.sparse."): throw .unsupported("it has sparse files")
    default: break
    }
  }

  private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...18).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 & 15) }
  }
}
