/// Gathers a request's head line by line, and says at its end what follows it.
///
/// A field that is wrong by itself is refused at its line, what can only be seen from all of them at the end.
struct HeadBuilder: Sendable {
  private(set) var method = HTTPMethod.get
  private var target = RequestTarget.asterisk
  private var scheme: String?
  private var authority: String?
  private var version = HTTPVersion.http1_1
  private var fields = HeaderFields()

  private var hasHost = false
  /// Whether the only Host is empty.
  private var hostIsEmpty = false
  private var contentLength: Int?
  private var transferEncoding: TransferEncoding?
  private var closes = false
  private var keepsAlive = false
  private var expects = false
  private var unknownExpectation: Excerpt?

  /// A head of which nothing is known.
  init() {}

  /// Takes the request line, which the scanner has checked.
  init(_ line: UnsafeRawBufferPointer, _ scanner: RequestLineScanner) throws(RequestError) {
    let digits = scanner.targetEnd + 6
    // RFC 9110 §15.6.6, RFC 9112 §2.3. An HTTP/2 preface ends here, too.
    guard line[digits] == UInt8(ascii: "1") else {
      throw .unsupportedVersion(Excerpt(line.bytes((scanner.targetEnd + 1)..<(digits + 3))))
    }
    // RFC 9110 §2.5: a higher minor version is read as the highest that is known.
    version = line[digits + 2] == UInt8(ascii: "0") ? .http1_0 : .http1_1
    method = HTTPMethod(rawValue: line.bytes(0..<scanner.methodEnd).text)
    guard method != .connect else { throw .connect }
    let reader = try TargetReader(line.bytes((scanner.methodEnd + 1)..<scanner.targetEnd), method: method)
    (target, scheme, authority) = (reader.target, reader.scheme, reader.authority)
    fields.reserveCapacity(12)
  }

  /// Takes a field line: its name, and its value without the white space around it.
  mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws(RequestError) {
    switch name.count {
    case 4 where name.matches("host"): try takeHost(value)
    case 6 where name.matches("expect"): takeExpectation(value)
    case 10 where name.matches("connection"): takeConnection(value)
    case 14 where name.matches("content-length"): try takeContentLength(value)
    case 17 where name.matches("transfer-encoding"):
      transferEncoding = TransferEncoding(value, after: transferEncoding)
    default: break
    }
    fields.append(name.text, value.text)
  }

  /// RFC 9112 §3.2: more than one Host, or one that is not valid, MUST be answered with 400.
  private mutating func takeHost(_ value: UnsafeRawBufferPointer) throws(RequestError) {
    guard !hasHost else { throw .repeatedHost }
    guard Authority.isValid(value) else { throw .host(Excerpt(value)) }
    hasHost = true
    hostIsEmpty = value.isEmpty
  }

  /// RFC 9112 §6.3: a Content-Length that is not valid is an unrecoverable error. A list of equal numbers may be taken for
  /// one of them; it is refused, repeated lines too, since whoever is in front may have read it otherwise.
  private mutating func takeContentLength(_ value: UnsafeRawBufferPointer) throws(RequestError) {
    guard contentLength == nil else { throw .repeatedContentLength }
    var length = 0
    for byte in value {
      // RFC 9110 §8.6: a recipient MUST anticipate large numerals and prevent overflows.
      guard byte.isDigit, length <= (Int.max - 9) / 10 else { throw .contentLength(Excerpt(value)) }
      length = length * 10 + Int(byte - 0x30)
    }
    guard !value.isEmpty else { throw .contentLength(Excerpt(value)) }
    contentLength = length
  }

  /// RFC 9112 §9.3: `close` and `keep-alive` among the tokens.
  private mutating func takeConnection(_ value: UnsafeRawBufferPointer) {
    var start = 0
    while start <= value.count {
      let end = value[start...].firstIndex(of: UInt8(ascii: ",")) ?? value.count
      let member = value.bytes(start..<end).trimmed
      closes = closes || member.matches("close")
      keepsAlive = keepsAlive || member.matches("keep-alive")
      start = end + 1
    }
  }

  /// RFC 9110 §10.1.1: an expectation other than 100-continue MAY be answered with 417.
  private mutating func takeExpectation(_ value: UnsafeRawBufferPointer) {
    guard value.matches("100-continue") else {
      unknownExpectation = unknownExpectation ?? Excerpt(value)
      return
    }
    expects = true
  }

  /// The head, now that its last line is there.
  func finish(limits: HTTPLimits) throws(RequestError) -> RequestHead {
    var fields = fields
    if let authority {
      // RFC 9112 §3.2.2: the absolute form's authority replaces the Host. It was there and valid nevertheless: §3.2.
      guard hasHost || version == .http1_0 else { throw .missingHost }
      fields.set("Host", authority)
    } else {
      guard hasHost || version == .http1_0 else { throw .missingHost }
      // An http or https URI has a host (RFC 9110 §4.2.1), and this target's is the Host's (RFC 9112 §3.3).
      guard !hasHost || !hostIsEmpty else { throw .host(Excerpt([])) }
    }
    let framing = try framing(limits: limits)
    // RFC 9110 §10.1.1: a server MUST ignore the expectation in an HTTP/1.0 request, and need not answer it without a body.
    if version == .http1_1, let unknownExpectation { throw .expectation(unknownExpectation) }
    let hasBody = framing != .none && framing != .length(0)
    return RequestHead(
      method: method, target: target, version: version, fields: fields, framing: framing,
      // RFC 9112 §9.3.
      keepsAlive: !closes && (version == .http1_1 || keepsAlive),
      expectsContinue: expects && hasBody && version == .http1_1, scheme: scheme)
  }

  /// RFC 9112 §6.3, in its order.
  private func framing(limits: HTTPLimits) throws(RequestError) -> RequestHead.Framing {
    guard let transferEncoding else {
      guard let contentLength else { return .none }
      guard contentLength <= limits.bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
      return .length(contentLength)
    }
    // RFC 9112 §6.1: the framing of an HTTP/1.0 message with Transfer-Encoding MUST be treated as faulty.
    guard version == .http1_1 else { throw .transferEncodingInHTTP1_0 }
    // RFC 9112 §6.1: a server MAY refuse a request with both, and §11.2 says why it should.
    guard contentLength == nil else { throw .contentLengthWithTransferEncoding }
    switch transferEncoding {
    case .chunked: return .chunked
    case .unsupported(let value): throw .unsupportedTransferCoding(value)
    case .faulty(let value), .unfinished(let value): throw .transferEncoding(value)
    }
  }
}
