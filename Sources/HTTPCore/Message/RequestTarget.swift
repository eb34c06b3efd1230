/// What a request is about (RFC 9112 §3.2). The absolute form has become the origin form, and its authority the host.
public enum RequestTarget: Sendable, Hashable {
  /// A path, which starts with a slash and is still percent-encoded, and what follows a question mark.
  case origin(path: String, query: String?)
  /// The server as a whole, `*`: only with OPTIONS.
  case asterisk
}

extension RequestTarget: CustomStringConvertible {
  /// As it stands in a request line.
  public var description: String {
    switch self {
    case .origin(let path, nil): path
    case .origin(let path, let query?): "\(path)?\(query)"
    case .asterisk: "*"
    }
  }
}
