internal import Foundation

/// Where a gateway can be administered: an address of HTTP, of HTTPS, or a Unix-domain socket's path.
public struct AdminAddress: Sendable, Hashable, CustomStringConvertible {
  /// As it was given.
  public let description: String
  /// What every request's address begins with, without a slash at its end.
  let prefix: String
  /// The Unix-domain socket's path, if it is one.
  let socket: String?
  /// Whether it is one of TCP without TLS.
  let isPlain: Bool
  /// Whether a token goes through a network as it is, for whoever listens there.
  public let isExposed: Bool

  /// An address in the words of `--url`.
  ///
  /// - Throws: ``AdminError/address(_:)`` for anything but `http://HOST:PORT`, `https://HOST:PORT` and `unix:/PATH`.
  public init(_ text: String) throws(AdminError) {
    description = text
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      // 108 bytes have room in a socket's address, the last of them for a zero.
      guard path.hasPrefix("/"), path.utf8.count < 108, !path.utf8.contains(0) else { throw .address(text) }
      (prefix, socket, isPlain, isExposed) = ("http://localhost", path, false, false)
      return
    }
    guard let parts = URLComponents(string: text), let scheme = parts.scheme, ["http", "https"].contains(scheme),
      let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil, parts.query == nil,
      parts.fragment == nil
    else { throw .address(text) }
    prefix = text.hasSuffix("/") ? String(text.dropLast()) : text
    socket = nil
    isPlain = scheme == "http"
    isExposed = isPlain && !(host == "localhost" || host == "[::1]" || host == "::1" || host.hasPrefix("127."))
  }
}
