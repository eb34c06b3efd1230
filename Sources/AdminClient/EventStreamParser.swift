/// Takes a `text/event-stream` apart, as its bytes come (HTML, § 9.2.6, "Interpreting an event stream").
///
/// Ids and times to reconnect after are passed over: whoever reads again is told everything there is.
struct EventStreamParser {
  /// The most bytes that an event may have.
  static let limit = 4 << 20

  private var line: [UInt8] = []
  private var name = ""
  private var data: [UInt8] = []
  private var endedInReturn = false
  private var isFirstLine = true

  /// The events that are complete with these bytes; nil if one is too long to be kept.
  mutating func feed(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent]? {
    var events: [ServerSentEvent] = []
    for byte in bytes {
      let followsReturn = endedInReturn
      endedInReturn = byte == UInt8(ascii: "\r")
      switch byte {
      // A line ends with CR, LF, or both.
      case UInt8(ascii: "\n") where followsReturn: break
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): endLine(&events)
      default: line.append(byte)
      }
      guard line.count + data.count <= Self.limit else { return nil }
    }
    return events
  }

  private mutating func endLine(_ events: inout [ServerSentEvent]) {
    defer { line.removeAll(keepingCapacity: true) }
    // One byte order mark may stand before everything.
    if isFirstLine, line.starts(with: [0xef, 0xbb, 0xbf]) { line.removeFirst(3) }
    isFirstLine = false
    guard !line.isEmpty else {
      // An event without data is none.
      if !data.isEmpty {
        events.append(ServerSentEvent(name: name.isEmpty ? "message" : name, data: Array(data.dropLast())))
      }
      (name, data) = ("", [])
      return
    }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    switch String(decoding: line[..<colon], as: UTF8.self) {
    case "event": name = String(decoding: value, as: UTF8.self)
    case "data": data += value + [UInt8(ascii: "\n")]
    // A comment has no name; other fields mean nothing here.
    default: break
    }
  }
}
