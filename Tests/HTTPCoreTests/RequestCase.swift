import HTTPCore
import Testing

/// The bytes a client sends, beside what must come of them.
struct RequestCase: Sendable, CustomTestStringConvertible {
  /// A sentence; the ledger `rfc9112.md` names cases by it.
  let name: String
  let bytes: [UInt8]
  /// One line for each event, and one for the error or for what is unfinished. See ``Reading/transcript``.
  let expected: [String]
  let limits: HTTPLimits

  /// - Parameter text: one byte a scalar, so `\u{e9}` is the byte 0xe9.
  init(_ name: String, _ text: String, _ expected: String..., limits: HTTPLimits = HTTPLimits()) {
    self.name = name
    self.bytes = text.unicodeScalars.map { UInt8($0.value) }
    self.expected = expected
    self.limits = limits
  }

  var testDescription: String { name }
}

extension HTTPLimits {
  /// The defaults, with something changed.
  static func with(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
    var limits = HTTPLimits()
    change(&limits)
    return limits
  }
}

extension Reading {
  /// The events in words:
  ///
  ///     POST /path?query chunked close continue Host=a
  ///     'its body'
  ///     end Trailer=x
  ///     400 what is wrong
  ///
  /// `none`, `length 5` or `chunked` is the framing; `1.0` stands where the client said so; `close` and `continue` where they
  /// hold. What is unfinished is `in the head` or `in the body`.
  var transcript: [String] {
    var lines = events.map { event in
      switch event {
      case .head(let head): Self.words(head)
      case .body(let bytes): "'\(String(decoding: bytes, as: UTF8.self))'"
      case .end(let trailers): (["end"] + Self.words(trailers)).joined(separator: " ")
      }
    }
    if let error {
      lines.append("\(error.status.code) \(error)")
    } else if stage != .between {
      lines.append(stage == .head ? "in the head" : "in the body")
    }
    return lines
  }

  private static func words(_ head: RequestHead) -> String {
    var words = ["\(head.method) \(head.target)"]
    if head.version == .http1_0 { words.append("1.0") }
    switch head.framing {
    case .none: words.append("none")
    case .length(let length): words.append("length \(length)")
    case .chunked: words.append("chunked")
    }
    if !head.keepsAlive { words.append("close") }
    if head.expectsContinue { words.append("continue") }
    if let scheme = head.scheme { words.append(scheme) }
    return (words + Self.words(head.fields)).joined(separator: " ")
  }

  private static func words(_ fields: HeaderFields) -> [String] { fields.fields.map { "\($0.name)=\($0.value)" } }
}
