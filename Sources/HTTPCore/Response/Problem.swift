internal import Base

/// What is wrong with a request, for people and for programs (RFC 9457).
public struct Problem: Sendable, Hashable {
  /// The value of a further member.
  public enum Value: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A string.
    case string(String)
    /// A whole number.
    case integer(Int)
    /// A list of strings.
    case strings([String])

    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
  }

  /// The response's status; its reason is the problem's title, as the type `about:blank` asks (RFC 9457 §4.2.1).
  public var status: HTTPStatus
  /// What is wrong with this request, in a sentence.
  public var detail: String
  /// What is wrong in a word for programs, such as `unsupported_media_type`; it never changes.
  public var error: String
  /// Further members by name, such as `request_id` or `limit`. Those that every problem has are not replaced by them.
  public var members: [String: Value]

  /// A problem from its parts.
  public init(_ status: HTTPStatus, detail: String, error: String, members: [String: Value] = [:]) {
    self.status = status
    self.detail = detail
    self.error = error
    self.members = members
  }

  /// One JSON object: `type`, `title`, `status`, `detail`, `error`, then the further members in the order of their names.
  public var json: [UInt8] {
    let standard: [(String, Value)] = [
      ("type", "about:blank"), ("title", .string(status.reason)), ("status", .integer(status.code)),
      ("detail", .string(detail)), ("error", .string(error)),
    ]
    let further = members.filter { member in !standard.contains { $0.0 == member.key } }
    var json = JSONWriter()
    json.beginObject()
    for (name, value) in standard + further.sorted(by: { $0.key < $1.key }) {
      json.name(name)
      switch value {
      case .string(let text): json.value(text)
      case .integer(let number): json.value(number)
      case .strings(let texts):
        json.beginArray()
        for text in texts { json.value(text) }
        json.endArray()
      }
    }
    json.endObject()
    return json.bytes + [.lineFeed]
  }

  /// The response that says it.
  public var response: Response { Response(status, type: "application/problem+json", body: json) }
}
