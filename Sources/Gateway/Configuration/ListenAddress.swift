internal import Glibc

/// Where a server listens.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// A host's name or address (an IPv6 one without its brackets), and a port; port 0 is any that is free.
  case tcp(host: String, port: Int)
  /// A Unix-domain socket's path.
  case unix(path: String)

  /// As many bytes as a Unix-domain socket's path may have (unix(7)), its closing zero not counted.
  private static let pathLimit = 107

  /// Reads `host:port`, `[IPv6]:port` or `unix:/path`; nil for anything else.
  public init?(_ text: String) {
    if let path = text.removing(prefix: "unix:") {
      guard path.hasPrefix("/"), (2...Self.pathLimit).contains(path.utf8.count), !path.utf8.contains(0) else {
        return nil
      }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port), text[text.index(after: colon)...].allSatisfy(\.isASCIIDigit)
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard Self.isIPv6(host) else { return nil }
    } else if !Self.isName(host) {
      return nil
    }
    self = .tcp(host: host, port: port)
  }

  /// As it is read.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// Whether this can be listened on: an address, or a name that may resolve to one.
  static func isHost(_ text: String) -> Bool { isName(text) || isIPv6(text) }

  /// A host's name (RFC 1123 §2.1) or an IPv4 address.
  private static func isName(_ text: String) -> Bool {
    guard (1...253).contains(text.utf8.count) else { return false }
    return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
        && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }
  }

  /// An IPv6 address, perhaps with the interface it is reached by (RFC 4007 §11).
  private static func isIPv6(_ text: String) -> Bool {
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first, parts.count == 1 || !parts[1].isEmpty else { return false }
    var parsed = in6_addr()
    return inet_pton(AF_INET6, String(address), &parsed) == 1
  }
}

extension String {
  /// What follows `prefix`; nil if the text does not begin with it.
  func removing(prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
