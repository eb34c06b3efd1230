/// An answer to a request. Content-Length, Date and Connection are added when it is written.
public struct Response: Sendable {
  /// The status.
  public var status: HTTPStatus
  /// The field lines.
  public var fields: HeaderFields
  /// The body; with HEAD only its length is sent.
  public var body: [UInt8]
  /// Whether the connection is closed afterwards, even if the client would go on.
  public var closes = false
  /// What the access log says of it besides, by key; never sent.
  public var notes: [String: String] = [:]

  /// A response from its parts.
  public init(_ status: HTTPStatus, fields: HeaderFields = [:], body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// A response with a body of a media type.
  public init(_ status: HTTPStatus, type: String, body: some Sequence<UInt8>) {
    self.init(status, fields: ["Content-Type": type], body: Array(body))
  }
}
