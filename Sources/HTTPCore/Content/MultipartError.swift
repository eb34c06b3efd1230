/// Why a body is no multipart/form-data.
public enum MultipartError: Error, Sendable, Hashable {
  /// The content type is another.
  case mediaType(String)
  /// The content type has no boundary.
  case missingBoundary
  /// A boundary of a length or with characters that RFC 2046 §5.1.1 does not allow.
  case boundary(Excerpt)
  /// The first boundary is nowhere.
  case noParts
  /// The last boundary, with two hyphens at its end, is missing: the body may be cut off.
  case unfinished(parts: Int)
  /// A line starts with the boundary, but goes on with something else.
  case afterBoundary(Excerpt)
  /// More parts than there may be.
  case tooManyParts(limit: Int)
  /// A field line of a part is wrong; parts are counted from 1.
  case field(part: Int, RequestError)
  /// A part has no Content-Disposition, or more than one, or one that is not `form-data` with a name.
  case disposition(part: Int, Excerpt)
  /// A part's Content-Type is none.
  case contentType(part: Int, Excerpt)
  /// A part has a Content-Transfer-Encoding that changes its bytes (deprecated, RFC 7578 §4.7).
  case transferEncoding(part: Int, Excerpt)
}

extension MultipartError {
  /// What a request with such a body is answered with.
  public var status: HTTPStatus {
    switch self {
    case .mediaType, .transferEncoding: .unsupportedMediaType
    case .tooManyParts: .contentTooLarge
    default: .badRequest
    }
  }

  /// The status in a machine-readable word, for a problem's `error`.
  public var code: String {
    switch self {
    case .mediaType, .transferEncoding: "unsupported_media_type"
    case .tooManyParts: "too_many_parts"
    default: "malformed_multipart"
    }
  }

  /// The answer's body.
  public var problem: Problem { Problem(status, detail: description, error: code) }
}

extension MultipartError: CustomStringConvertible {
  /// A sentence that says what is wrong, and what would be right.
  public var description: String {
    switch self {
    case .mediaType(let type): "the content type is \(type), not multipart/form-data"
    case .missingBoundary: "the content type has no boundary"
    case .boundary(let boundary):
      "the boundary '\(boundary)' is not of 1 to 70 of the characters that RFC 2046 allows in one"
    case .noParts: "the body has no line with the boundary, so it has no parts"
    case .unfinished(let parts): "the body ends within part \(parts): there is no boundary with two hyphens after it"
    case .afterBoundary(let line): "a line starts with the boundary and goes on with '\(line)'"
    case .tooManyParts(let limit): "the body has more than \(limit) parts"
    case .field(let part, let error): "part \(part): \(error)"
    case .disposition(let part, let value):
      "part \(part): its Content-Disposition is '\(value)'; it must be form-data with one name, on one line"
    case .contentType(let part, let value): "part \(part): its Content-Type '\(value)' is no media type"
    case .transferEncoding(let part, let value):
      "part \(part): its Content-Transfer-Encoding is '\(value)'; bytes must be sent as they are"
    }
  }
}
