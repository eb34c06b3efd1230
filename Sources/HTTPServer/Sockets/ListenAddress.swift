internal import Glibc

/// Where a server listens.
public enum ListenAddress: Sendable, Hashable {
  /// A numeric IPv4 or IPv6 address and a TCP port; port 0 is one that is free. `::` takes IPv4 too.
  case tcp(host: String, port: UInt16)
  /// A Unix-domain socket's path, and the permissions of the file.
  case unix(path: String, mode: UInt16)
  /// A socket that listens already and was handed to the process (systemd's socket activation).
  case inherited(descriptor: Int32)

  /// The permissions of a Unix-domain socket that says nothing of them: its owner and group may connect.
  public static let usualMode: UInt16 = 0o660

  /// An address as it is written in a configuration: `127.0.0.1:8080`, `[::]:8080`, `unix:/run/distinguo/http.sock`, or
  /// that with permissions, `unix:/run/distinguo/http.sock?mode=666`. `localhost` is 127.0.0.1.
  ///
  /// - Throws: ``ListenAddressError``, which says what is wrong with the text.
  public init(_ text: String) throws(ListenAddressError) {
    if text.hasPrefix("unix:") {
      self = try Self.unix(text)
      return
    }
    guard let colon = text.lastIndex(of: ":") else { throw ListenAddressError(text, "it has no port") }
    let digits = text[text.index(after: colon)...]
    // UInt16 would take a sign, too.
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else {
      throw ListenAddressError(text, "its port must be 0 to 65535")
    }
    var host = String(text[..<colon])
    if host == "localhost" { host = "127.0.0.1" }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      throw ListenAddressError(text, "an IPv6 address needs brackets")
    }
    guard SocketAddress(host: host, port: port) != nil else {
      throw ListenAddressError(text, "'\(host)' is no numeric IPv4 or IPv6 address")
    }
    self = .tcp(host: host, port: port)
  }

  private static func unix(_ text: String) throws(ListenAddressError) -> ListenAddress {
    let parts = text.dropFirst("unix:".count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = String(parts[0])
    guard path.hasPrefix("/"), SocketAddress(path: path) != nil else {
      throw ListenAddressError(text, "its path must be absolute and have at most \(SocketAddress.longestPath) bytes")
    }
    guard parts.count == 2 else { return .unix(path: path, mode: usualMode) }
    guard parts[1].hasPrefix("mode="), let mode = UInt16(parts[1].dropFirst("mode=".count), radix: 8), mode <= 0o777
    else { throw ListenAddressError(text, "after the question mark there can be mode=, with octal digits up to 777") }
    return .unix(path: path, mode: mode)
  }
}

extension ListenAddress {
  /// Whether only processes of this machine reach it. Of a socket that was handed over that is not known.
  public var isLocal: Bool {
    switch self {
    case .tcp(let host, _): host.hasPrefix("127.") || host == "::1"
    case .unix: true
    case .inherited: false
    }
  }
}

extension ListenAddress: CustomStringConvertible {
  /// As it is written in a configuration.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path, _): "unix:\(path)"
    case .inherited(let descriptor): "descriptor \(descriptor)"
    }
  }
}

/// A text that is no ``ListenAddress``.
public struct ListenAddressError: Error, Equatable, CustomStringConvertible {
  /// The text.
  public let text: String
  /// What is wrong with it.
  public let fault: String

  init(_ text: String, _ fault: String) {
    self.text = text
    self.fault = fault
  }

  /// One line for people.
  public var description: String {
    "'\(text)' is no address to listen at: \(fault); such as 127.0.0.1:8080, [::]:8080 or unix:/run/distinguo/http.sock"
  }
}
