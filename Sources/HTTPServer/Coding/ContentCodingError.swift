public import Compression
public import HTTPCore

/// Why a request's content codings cannot be undone, and what the client is told.
public enum ContentCodingError: Error, Equatable, CustomStringConvertible {
  /// A coding that is not undone here, cut short if it is long.
  case unknown(coding: String)
  /// So many codings on one another.
  case tooMany(Int, limit: Int)
  /// More bytes come of it than are allowed.
  case tooLong(limit: Int)
  /// The bytes are not what the coding makes.
  case damaged(coding: String, InflateError)
  /// There is no memory at the moment.
  case noMemory

  /// What the request is answered with.
  public var status: HTTPStatus {
    switch self {
    // RFC 9110 §15.5.16 names the content coding as one reason.
    case .unknown, .tooMany: .unsupportedMediaType
    case .tooLong: .contentTooLarge
    case .damaged: .badRequest
    case .noMemory: .serviceUnavailable
    }
  }

  /// What the answer must say besides.
  public var fields: HeaderFields {
    switch self {
    // RFC 9110 §12.5.3: in a response it says what would be accepted, and so tells this 415 from others.
    case .unknown, .tooMany: ["Accept-Encoding": "gzip, deflate"]
    case .tooLong, .damaged, .noMemory: [:]
    }
  }

  /// For programs, what ``description`` is for people.
  public var code: String {
    switch self {
    case .unknown, .tooMany: "unsupported_content_coding"
    case .tooLong: "content_too_large"
    case .damaged: "malformed_content"
    case .noMemory: "out_of_memory"
    }
  }

  /// One sentence for people.
  public var description: String {
    switch self {
    case .unknown(let coding):
      "the content coding \(coding.debugDescription) is not supported; gzip and deflate are, and none"
    case .tooMany(let count, let limit): "\(count) content codings are on one another; at most \(limit) may be"
    case .tooLong(let limit): "the body decodes to more than \(limit) bytes"
    case .damaged(coding: "deflate", .malformed(let words)):
      "the body is not what the content coding deflate makes, which is the zlib format of RFC 1950: \(words)"
    case .damaged(let coding, let error): "the body is not what the content coding \(coding) makes: \(error)"
    case .noMemory: "there is no memory to decode the body at the moment"
    }
  }
}
