/// Header or trailer fields in the order in which they stand (RFC 9110 §5). Names are compared without regard to case.
public struct HeaderFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// One field line.
  public struct Field: Sendable, Hashable {
    /// As it was written.
    public var name: String
    /// Without white space around it.
    public var value: String

    /// A name and a value, neither of them checked.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The field lines.
  public private(set) var fields: [Field] = []

  /// No fields.
  public init() {}

  /// Fields in the order given; a name may come twice.
  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  /// How many field lines there are.
  public var count: Int { fields.count }

  /// Adds a field line at the end.
  public mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

  /// Makes room for so many field lines.
  mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }

  /// Puts one field line in the place of all that have the name.
  public mutating func set(_ name: String, _ value: String) {
    fields.removeAll { Self.areEqual($0.name, name) }
    append(name, value)
  }

  /// The value of the first field line with the name, or nil.
  public subscript(name: String) -> String? { fields.first { Self.areEqual($0.name, name) }?.value }

  /// The values of all field lines with the name, in order.
  public func values(_ name: String) -> [String] { fields.filter { Self.areEqual($0.name, name) }.map(\.value) }

  /// The value of a field whose value is a list: its lines joined with commas (RFC 9110 §5.3), or nil if there is none.
  public func list(_ name: String) -> String? {
    let values = values(name)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  /// Whether a comma-separated field holds a token, without regard to case.
  public func contains(_ token: String, in name: String) -> Bool {
    for value in values(name) {
      for member in value.utf8.split(separator: UInt8(ascii: ",")) where Self.areEqual(Self.trimmed(member), token) {
        return true
      }
    }
    return false
  }

  /// Whether two names are the same: ASCII, without regard to case.
  static func areEqual(_ one: some StringProtocol, _ other: some StringProtocol) -> Bool {
    let (one, other) = (one.utf8, other.utf8)
    return one.count == other.count && zip(one, other).allSatisfy { lowercased($0) == lowercased($1) }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

  /// Without the spaces and tabs at both ends (OWS, RFC 9110 §5.6.3).
  static func trimmed(_ text: Substring.UTF8View) -> Substring {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var rest = text.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
    return Substring(rest)
  }
}
