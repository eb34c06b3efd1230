internal import HTTPCore
internal import HTTPServer

/// Server-sent events (WHATWG HTML §9.2) for one client.
struct EventStream: Sendable {
  /// What is told.
  struct Event: Sendable, Hashable {
    /// What the client listens to, such as `job`.
    let name: String
    /// What it gets, in UTF-8: JSON, as a rule.
    let data: [UInt8]
    /// What it is about, for those who listen to that alone; such as a job's id.
    var subject: String?
    /// Whether nothing more will be told of the subject.
    var isLast = false

    /// An event from its parts.
    init(_ name: String, data: [UInt8], subject: String? = nil, isLast: Bool = false) {
      self.name = name
      self.data = data
      self.subject = subject
      self.isLast = isLast
    }

    /// The event as it is sent. A line end ends a field, so that data of several lines is several fields, and a name with a
    /// line end in it ends there.
    var bytes: [UInt8] {
      var bytes = Array("event: ".utf8) + name.utf8.prefix { !Self.endsLine($0) }
      for line in lines { bytes += Array("\ndata: ".utf8) + line }
      return bytes + [0x0a, 0x0a]
    }

    /// The data's lines, which end with CRLF, LF or CR (§9.2.5).
    private var lines: [ArraySlice<UInt8>] {
      guard data.contains(where: Self.endsLine) else { return [data[...]] }
      var lines: [ArraySlice<UInt8>] = []
      var start = 0
      for index in data.indices where Self.endsLine(data[index]) {
        // The second half of CRLF.
        if data[index] == 0x0a, index > 0, data[index - 1] == 0x0d {
          start = index + 1
          continue
        }
        lines.append(data[start..<index])
        start = index + 1
      }
      return lines + [data[start...]]
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }
  }

  /// What such a stream is answered with. Nobody on the way is to keep it, or to gather it up first (`X-Accel-Buffering`
  /// says so to nginx).
  static let response = Response(
    .ok,
    fields: ["Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"])

  private let body: BodyStream

  init(_ body: BodyStream) { self.body = body }

  /// Says after how many milliseconds a client that was cut off is to come again. False if it is gone.
  @discardableResult func sendRetry(milliseconds: Int) -> Bool { body.write(Array("retry: \(milliseconds)\n\n".utf8)) }

  /// Sends an event. False if the client is gone, or so far behind that it is cut off.
  @discardableResult func send(_ event: Event) -> Bool { send(event.bytes) }

  /// Sends what is an event's ``Event/bytes``.
  func send(_ bytes: [UInt8]) -> Bool { body.write(bytes) }

  /// Sends a comment, so that a client that went without a word is noticed, and nobody on the way takes the connection for
  /// a dead one.
  @discardableResult func sendHeartbeat() -> Bool { body.write(Array(":\n\n".utf8)) }

  /// Ends it.
  func end() { body.end() }
}
