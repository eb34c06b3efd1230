/// Why a request cannot be read. What follows it on the connection cannot be told apart from it any more, so the
/// connection is closed after the answer (RFC 9112 §6.3, §11.2).
public enum RequestError: Error, Sendable, Hashable {
  /// Where in a message something is.
  public enum Place: String, Sendable, Hashable {
    /// The empty lines before a request.
    case emptyLine = "an empty line before the request"
    /// The request line.
    case requestLine = "the request line"
    /// A header field's line.
    case field = "a field line"
    /// The line with a chunk's size.
    case chunkLine = "the line of a chunk's size"
  }

  /// What can be wrong with a request's target.
  public enum TargetFault: Sendable, Hashable {
    /// There is none: two spaces, or a space before the line's end.
    case empty
    /// It is none of the four forms.
    case form
    /// The asterisk, but not with OPTIONS.
    case asterisk
    /// A percent sign without two hexadecimal digits.
    case percent
    /// An absolute form with a scheme that is not served.
    case scheme
    /// An absolute form whose authority is not a host with or without a port.
    case authority
  }

  /// More empty lines before a request than are skipped.
  case emptyLines(limit: Int)
  /// A line feed without a carriage return before it.
  case bareLineFeed(Place)
  /// A carriage return without a line feed after it.
  case bareCarriageReturn(Place)

  /// A byte that is in no token.
  case methodByte(UInt8)
  /// A method longer than any that is known.
  case methodTooLong(limit: Int)
  /// CONNECT: this is no proxy.
  case connect
  /// A byte that is in no URI.
  case targetByte(UInt8)
  /// More bytes than a target may have.
  case targetTooLong(limit: Int)
  /// A target of no form that there is.
  case target(TargetFault, Excerpt)
  /// What should be `HTTP/1.1` is no version.
  case version(Excerpt)
  /// A major version that is not spoken.
  case unsupportedVersion(Excerpt)

  /// White space between the request line and the first field.
  case spaceBeforeFields
  /// A field line that starts with white space and so goes on with the one before.
  case foldedLine
  /// No name before the colon.
  case emptyFieldName
  /// A byte in a field's name that is in no token.
  case fieldNameByte(UInt8, name: Excerpt)
  /// White space between a field's name and the colon.
  case spaceBeforeColon(name: Excerpt)
  /// A field line without a colon.
  case missingColon(Excerpt)
  /// A control character in a field's value.
  case fieldValueByte(UInt8, name: Excerpt)
  /// More bytes of field lines than there may be.
  case fieldsTooLarge(limit: Int)
  /// More field lines than there may be.
  case tooManyFields(limit: Int)

  /// HTTP/1.1 without a Host.
  case missingHost
  /// More than one Host.
  case repeatedHost
  /// A Host that is not a host with or without a port.
  case host(Excerpt)
  /// A Content-Length that is not a number of bytes.
  case contentLength(Excerpt)
  /// More than one Content-Length.
  case repeatedContentLength
  /// A Content-Length beside a Transfer-Encoding.
  case contentLengthWithTransferEncoding
  /// A body that is, or says it is, larger than it may be.
  case bodyTooLarge(limit: Int)
  /// A Transfer-Encoding by a client that cannot know it.
  case transferEncodingInHTTP1_0
  /// A Transfer-Encoding that does not say where the body ends.
  case transferEncoding(Excerpt)
  /// A transfer coding that is not known, below a final `chunked`.
  case unsupportedTransferCoding(Excerpt)
  /// An expectation other than `100-continue`.
  case expectation(Excerpt)

  /// A chunk that does not start with its size in hexadecimal digits.
  case chunkSize(UInt8)
  /// A chunk size with more digits than there can be.
  case chunkSizeTooLong(digits: Int)
  /// A chunk extension that is not as the grammar asks.
  case chunkExtension(UInt8)
  /// More bytes of chunk extensions than a body may have.
  case chunkExtensionsTooLong(limit: Int)
  /// A chunk's bytes are not followed by a line end.
  case chunkEnd(UInt8)
}

extension RequestError {
  /// What it is answered with.
  public var status: HTTPStatus {
    switch self {
    case .methodTooLong, .connect, .unsupportedTransferCoding: .notImplemented
    case .targetTooLong: .uriTooLong
    case .unsupportedVersion: .httpVersionNotSupported
    case .fieldsTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
    case .bodyTooLarge: .contentTooLarge
    case .expectation: .expectationFailed
    default: .badRequest
    }
  }

  /// The status in a machine-readable word, for a problem's `error`.
  public var code: String {
    switch self {
    case .methodTooLong, .connect: "method_not_implemented"
    case .unsupportedTransferCoding: "transfer_coding_not_implemented"
    case .targetTooLong: "uri_too_long"
    case .unsupportedVersion: "http_version_not_supported"
    case .fieldsTooLarge, .tooManyFields: "header_fields_too_large"
    case .bodyTooLarge: "content_too_large"
    case .expectation: "expectation_failed"
    default: "bad_request"
    }
  }

  /// The answer's body.
  public var problem: Problem { Problem(status, detail: description, error: code) }
}

extension RequestError: CustomStringConvertible {
  /// A sentence that says what is wrong, and what would be right.
  public var description: String {
    switch self {
    case .emptyLines(let limit): "more than \(limit) empty lines stand before the request"
    case .bareLineFeed(let place): "\(place.rawValue) has a line feed without a carriage return before it"
    case .bareCarriageReturn(let place): "\(place.rawValue) has a carriage return without a line feed after it"
    case .methodByte(let byte): "the method has the byte \(Self.quoted(byte)), which is in no token"
    case .methodTooLong(let limit): "the method has more than \(limit) bytes; none that is known is as long"
    case .connect: "CONNECT is for proxies, and this is none"
    case .targetByte(let byte):
      "the request target has the byte \(Self.quoted(byte)), which is in no URI; it must be percent-encoded"
    case .targetTooLong(let limit): "the request target has more than \(limit) bytes"
    case .target(let fault, let target): Self.sentence(fault, target)
    case .version(let version): "the request line ends in '\(version)', which is no version such as HTTP/1.1"
    case .unsupportedVersion(let version): "the version is \(version); HTTP/1.1 and HTTP/1.0 are spoken here"
    case .spaceBeforeFields: "white space stands between the request line and the first field"
    case .foldedLine: "a field line starts with white space; a value must stand on one line"
    case .emptyFieldName: "a field line starts with its colon; a name must stand before it"
    case .fieldNameByte(let byte, let name):
      "the field name '\(name)' is followed by the byte \(Self.quoted(byte)), which is in no token"
    case .spaceBeforeColon(let name): "white space stands between the field name '\(name)' and its colon"
    case .missingColon(let line): "the field line '\(line)' has no colon"
    case .fieldValueByte(let byte, let name):
      "the value of the field '\(name)' has the control character \(Self.quoted(byte))"
    case .fieldsTooLarge(let limit): "the field lines have more than \(limit) bytes together"
    case .tooManyFields(let limit): "there are more than \(limit) field lines"
    case .missingHost: "the field Host is missing, which HTTP/1.1 requires"
    case .repeatedHost: "there is more than one field Host"
    case .host(let host): "the Host '\(host)' is not a host with or without a port"
    case .contentLength(let value): "the Content-Length '\(value)' is not a number of bytes in decimal digits"
    case .repeatedContentLength: "there is more than one Content-Length"
    case .contentLengthWithTransferEncoding: "both Content-Length and Transfer-Encoding say where the body ends"
    case .bodyTooLarge(let limit): "the body has more than \(limit) bytes"
    case .transferEncodingInHTTP1_0: "Transfer-Encoding is not part of HTTP/1.0"
    case .transferEncoding(let value):
      "the Transfer-Encoding '\(value)' does not end the body; it must be chunked, once and last"
    case .unsupportedTransferCoding(let value): "the Transfer-Encoding '\(value)' is not known; only chunked is"
    case .expectation(let value): "the expectation '\(value)' cannot be met; only 100-continue is known"
    case .chunkSize(let byte): "a chunk's size has the byte \(Self.quoted(byte)), which is no hexadecimal digit"
    case .chunkSizeTooLong(let digits): "a chunk's size has more than \(digits) digits"
    case .chunkExtension(let byte): "a chunk's extension has the byte \(Self.quoted(byte)) where it cannot stand"
    case .chunkExtensionsTooLong(let limit): "the chunks' extensions have more than \(limit) bytes together"
    case .chunkEnd(let byte):
      "a chunk is followed by the byte \(Self.quoted(byte)) in place of a line end: it is longer than it says"
    }
  }

  private static func quoted(_ byte: UInt8) -> String { "'\(Excerpt.shown(byte))'" }

  private static func sentence(_ fault: TargetFault, _ target: Excerpt) -> String {
    switch fault {
    case .empty: "the request target is empty: one space must stand before it, and one after"
    case .form: "the request target '\(target)' is no path that starts with a slash, no absolute URI and no asterisk"
    case .asterisk: "the request target '*' is for OPTIONS alone"
    case .percent: "the request target '\(target)' has a percent sign without two hexadecimal digits after it"
    case .scheme: "the request target '\(target)' has a scheme that is neither http nor https"
    case .authority: "the request target '\(target)' has no host, or one that is not valid"
    }
  }
}
