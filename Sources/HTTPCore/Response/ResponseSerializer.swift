/// Writes responses (RFC 9112 §4).
///
/// Whatever a response's fields hold, it stays one response: a control character in a value or a reason becomes a space
/// (RFC 9110 §5.5), and a field whose name is no token is left out.
public enum ResponseSerializer {
  /// The interim response that asks for a body (RFC 9110 §15.2.1).
  public static let continueResponse = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

  /// What ends a chunked body: the last chunk, and no trailers (RFC 9112 §7.1).
  public static let lastChunk = Array("0\r\n\r\n".utf8)

  /// Appends a response to a request, with its whole body.
  ///
  /// Content-Length, Transfer-Encoding, Connection and Date are written here, and those in the response's own fields are
  /// left out.
  /// - Parameters:
  ///   - head: the request's; nil if none could be read.
  ///   - keepsAlive: whether the connection stays open afterwards. A response that closes it says so by itself.
  ///   - date: the time in IMF-fixdate, which the server has at hand.
  public static func append(
    _ response: Response, to bytes: inout [UInt8], for head: RequestHead?, keepsAlive: Bool, date: String
  ) {
    // RFC 9110 §9.3.2: an answer to HEAD has no content, but the fields of what GET would get.
    let sendsBody = !response.status.forbidsBody && head?.method != .head
    // RFC 9110 §15.3.6: 205 has no content either, but is framed as if it could.
    let body = response.status.code == 205 ? [] : response.body
    appendHead(
      of: response, length: body.count, reserving: sendsBody ? body.count : 0, to: &bytes, for: head,
      keepsAlive: keepsAlive, date: date)
    if sendsBody { bytes.append(contentsOf: body) }
  }

  /// Appends the head of a response whose body follows in pieces, framed as ``StreamFraming`` says; the response's own body
  /// is left out.
  ///
  /// - Parameter keepsAlive: as above. A body that ends with the connection ends it, whatever is said here.
  public static func appendHead(
    ofStream response: Response, to bytes: inout [UInt8], for head: RequestHead?, keepsAlive: Bool, date: String
  ) {
    let framing = StreamFraming(response.status, for: head)
    appendHead(
      of: response, length: response.status.code == 205 ? 0 : nil, to: &bytes, for: head,
      keepsAlive: keepsAlive && framing != .untilClose, date: date)
  }

  /// Appends a piece of a chunked body. Nothing is appended if there is nothing in it: that would be the end.
  public static func appendChunk(_ piece: [UInt8], to bytes: inout [UInt8]) {
    guard !piece.isEmpty else { return }
    bytes.append(contentsOf: String(piece.count, radix: 16).utf8)
    append("\r\n", to: &bytes)
    bytes.append(contentsOf: piece)
    append("\r\n", to: &bytes)
  }

  /// - Parameter length: the body's; nil if it is not known yet.
  private static func appendHead(
    of response: Response, length: Int?, reserving more: Int = 0, to bytes: inout [UInt8], for head: RequestHead?,
    keepsAlive: Bool, date: String
  ) {
    let status = response.status
    let estimate = response.fields.fields.reduce(160) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    let needed = bytes.count + estimate + more
    // Twice as much if it must grow, or every response behind others would move them.
    if bytes.capacity < needed { bytes.reserveCapacity(bytes.isEmpty ? needed : max(needed, 2 * bytes.count)) }

    // RFC 9112 §2.3, RFC 9110 §2.5: the server's own version, whatever the client's.
    append("HTTP/1.1 ", to: &bytes)
    append(status.code, to: &bytes)
    bytes.append(.space)
    appendValue(status.reason, to: &bytes)
    // RFC 9110 §6.6.1: an origin server with a clock MUST send Date in 2xx, 3xx and 4xx.
    append("\r\nDate: ", to: &bytes)
    appendValue(date, to: &bytes)
    for field in response.fields.fields where !isWrittenHere(field.name) && isToken(field.name) {
      append("\r\n", to: &bytes)
      bytes.append(contentsOf: field.name.utf8)
      append(": ", to: &bytes)
      appendValue(field.value, to: &bytes)
    }
    // RFC 9110 §8.6: no Content-Length in 1xx and 204; in 304 it would be that of a 200, which is not known here.
    // RFC 9112 §6.1: nor a Transfer-Encoding in 1xx and 204, nor to HTTP/1.0; with HEAD it is that of GET.
    if !status.forbidsBody {
      if let length {
        append("\r\nContent-Length: ", to: &bytes)
        append(length, to: &bytes)
      } else if head?.version == .http1_1 {
        append("\r\nTransfer-Encoding: chunked", to: &bytes)
      }
    }
    // RFC 9112 §9.3: HTTP/1.1 goes on unless it says otherwise, HTTP/1.0 ends unless it does; §9.6.
    if !keepsAlive || response.closes {
      append("\r\nConnection: close\r\n\r\n", to: &bytes)
    } else if head?.version == .http1_0 {
      append("\r\nConnection: keep-alive\r\n\r\n", to: &bytes)
    } else {
      append("\r\n\r\n", to: &bytes)
    }
  }

  private static func append(_ text: StaticString, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Decimal digits of a number that is not negative.
  private static func append(_ number: Int, to bytes: inout [UInt8]) {
    let start = bytes.count
    var rest = number
    repeat {
      bytes.append(0x30 + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// A field's value or a reason, with a space for each character that could end the line.
  private static func appendValue(_ value: String, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: value.utf8)
    for index in start..<bytes.count where !bytes[index].isFieldValueCharacter { bytes[index] = .space }
  }

  private static func isToken(_ name: String) -> Bool { !name.isEmpty && name.utf8.allSatisfy(\.isTokenCharacter) }

  private static func isWrittenHere(_ name: String) -> Bool {
    switch name.utf8.count {
    case 4: HeaderFields.areEqual(name, "date")
    case 10: HeaderFields.areEqual(name, "connection") || HeaderFields.areEqual(name, "keep-alive")
    case 14: HeaderFields.areEqual(name, "content-length")
    case 17: HeaderFields.areEqual(name, "transfer-encoding")
    default: false
    }
  }
}
