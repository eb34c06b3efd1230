/// Cuts what a child writes into lines. Of a line that is too long, the beginning is kept.
struct LineSplitter {
  /// As many bytes as a line may have.
  static let limit = 4096

  private var line: [UInt8] = []

  /// Takes what was read, and gives each line that has ended, without its end.
  mutating func add(_ bytes: ArraySlice<UInt8>, _ take: ([UInt8]) -> Void) {
    var rest = bytes
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      keep(rest[..<end])
      self.end(take)
      rest = rest[(end + 1)...]
    }
    keep(rest)
  }

  private mutating func keep(_ part: ArraySlice<UInt8>) { line += part.prefix(Self.limit - line.count) }

  /// Gives a last line that has no end.
  mutating func end(_ take: ([UInt8]) -> Void) {
    if !line.isEmpty { take(line) }
    line.removeAll(keepingCapacity: true)
  }
}

extension String {
  /// A child's line for people: without what would move a terminal's cursor or begin another line.
  init(line: [UInt8]) {
    if line.allSatisfy({ (0x20..<0x7f).contains($0) }) {
      self.init(decoding: line, as: UTF8.self)
      return
    }
    self.init(
      String.UnicodeScalarView(
        String(decoding: line, as: UTF8.self).unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: " "
          default: scalar
          }
        }))
  }
}
