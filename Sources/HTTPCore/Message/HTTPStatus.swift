/// A response's status code with its reason phrase (RFC 9110 §15).
public struct HTTPStatus: Sendable, Hashable, CustomStringConvertible {
  /// Three digits.
  public let code: Int
  /// A few words that clients ignore.
  public let reason: String

  /// A status of 100 to 599.
  public init(_ code: Int, _ reason: String) {
    precondition((100...599).contains(code), "a status of \(code)")
    self.code = code
    self.reason = reason
  }

  /// The code and the reason.
  public var description: String { "\(code) \(reason)" }

  /// Whether a response with it has no body, whatever else it says (RFC 9112 §6.3).
  public var forbidsBody: Bool { code < 200 || code == 204 || code == 304 }
}

extension HTTPStatus {
  /// RFC 9110 §15.2.1.
  public static let `continue` = HTTPStatus(100, "Continue")
  /// RFC 9110 §15.3.1.
  public static let ok = HTTPStatus(200, "OK")
  /// RFC 9110 §15.3.2.
  public static let created = HTTPStatus(201, "Created")
  /// RFC 9110 §15.3.3.
  public static let accepted = HTTPStatus(202, "Accepted")
  /// RFC 9110 §15.3.5.
  public static let noContent = HTTPStatus(204, "No Content")
  /// RFC 9110 §15.4.5.
  public static let notModified = HTTPStatus(304, "Not Modified")
  /// RFC 9110 §15.5.1.
  public static let badRequest = HTTPStatus(400, "Bad Request")
  /// RFC 9110 §15.5.2.
  public static let unauthorized = HTTPStatus(401, "Unauthorized")
  /// RFC 9110 §15.5.4.
  public static let forbidden = HTTPStatus(403, "Forbidden")
  /// RFC 9110 §15.5.5.
  public static let notFound = HTTPStatus(404, "Not Found")
  /// RFC 9110 §15.5.6.
  public static let methodNotAllowed = HTTPStatus(405, "Method Not Allowed")
  /// RFC 9110 §15.5.7.
  public static let notAcceptable = HTTPStatus(406, "Not Acceptable")
  /// RFC 9110 §15.5.9.
  public static let requestTimeout = HTTPStatus(408, "Request Timeout")
  /// RFC 9110 §15.5.10.
  public static let conflict = HTTPStatus(409, "Conflict")
  /// RFC 9110 §15.5.12.
  public static let lengthRequired = HTTPStatus(411, "Length Required")
  /// RFC 9110 §15.5.14.
  public static let contentTooLarge = HTTPStatus(413, "Content Too Large")
  /// RFC 9110 §15.5.15.
  public static let uriTooLong = HTTPStatus(414, "URI Too Long")
  /// RFC 9110 §15.5.16.
  public static let unsupportedMediaType = HTTPStatus(415, "Unsupported Media Type")
  /// RFC 9110 §15.5.18.
  public static let expectationFailed = HTTPStatus(417, "Expectation Failed")
  /// RFC 9110 §15.5.20.
  public static let misdirectedRequest = HTTPStatus(421, "Misdirected Request")
  /// RFC 9110 §15.5.21.
  public static let unprocessableContent = HTTPStatus(422, "Unprocessable Content")
  /// RFC 6585 §4.
  public static let tooManyRequests = HTTPStatus(429, "Too Many Requests")
  /// RFC 6585 §5.
  public static let requestHeaderFieldsTooLarge = HTTPStatus(431, "Request Header Fields Too Large")
  /// RFC 9110 §15.6.1.
  public static let internalServerError = HTTPStatus(500, "Internal Server Error")
  /// RFC 9110 §15.6.2.
  public static let notImplemented = HTTPStatus(501, "Not Implemented")
  /// RFC 9110 §15.6.4.
  public static let serviceUnavailable = HTTPStatus(503, "Service Unavailable")
  /// RFC 4918 §11.5.
  public static let insufficientStorage = HTTPStatus(507, "Insufficient Storage")
  /// RFC 9110 §15.6.6.
  public static let httpVersionNotSupported = HTTPStatus(505, "HTTP Version Not Supported")
}
