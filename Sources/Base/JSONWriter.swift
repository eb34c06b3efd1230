/// JSON (RFC 8259) as bytes, written member by member: for answers that are made thousands of times a second, which
/// Foundation's encoder would take longer over than over all else around them.
///
/// It writes the commas; that brackets match and members have names is for the caller to see to.
public struct JSONWriter: Sendable {
  /// What was written.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Nothing is written yet.
  ///
  /// - Parameter capacity: how many bytes are expected.
  public init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

  /// Starts an object; its members follow, then ``endObject()``.
  public mutating func beginObject() { open("{") }
  /// Ends an object.
  public mutating func endObject() { close("}") }
  /// Starts an array; its elements follow, then ``endArray()``.
  public mutating func beginArray() { open("[") }
  /// Ends an array.
  public mutating func endArray() { close("]") }

  /// A member's name; its value follows.
  public mutating func name(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A string, or null.
  public mutating func value(_ value: String?) {
    guard let value else { return raw("null") }
    separate()
    quote(value)
    needsComma = true
  }

  /// A number, or null, which is also written for what JSON has no number for.
  public mutating func value(_ value: Double?) {
    guard let value, value.isFinite else { return raw("null") }
    // Whole numbers without a fraction, up to where a double holds every one.
    raw(value == value.rounded() && abs(value) < 0x1p53 ? "\(Int(value))" : "\(value)")
  }

  /// A whole number.
  public mutating func value(_ value: Int) { raw("\(value)") }

  /// True or false.
  public mutating func value(_ value: Bool) { raw(value ? "true" : "false") }

  /// A value that is JSON already.
  public mutating func value(json: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  private mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: bracket))
    needsComma = false
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    bytes.append(UInt8(ascii: bracket))
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  /// RFC 8259 §7: quotation mark, backslash and control characters must be escaped, and nothing else.
  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0a: bytes += Array("\\n".utf8)
      case 0x00..<0x20:
        bytes += Array("\\u00".utf8)
        bytes += [byte >> 4, byte & 15].map { $0 + ($0 < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10) }
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
