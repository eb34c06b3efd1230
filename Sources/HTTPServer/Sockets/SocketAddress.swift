internal import Glibc

/// An address of the Internet's or a Unix-domain socket's.
struct SocketAddress: CustomStringConvertible {
  private let storage: sockaddr_storage
  private let size: socklen_t

  /// What a system call filled in.
  init(_ storage: sockaddr_storage) {
    self.storage = storage
    size =
      switch Int32(storage.ss_family) {
      case AF_INET: socklen_t(MemoryLayout<sockaddr_in>.size)
      case AF_INET6: socklen_t(MemoryLayout<sockaddr_in6>.size)
      default: socklen_t(MemoryLayout<sockaddr_un>.size)
      }
  }

  private init<Address>(_ address: Address) {
    var storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) { storage in
      withUnsafeBytes(of: address) { storage.copyMemory(from: $0) }
    }
    self.init(storage)
  }

  /// A numeric IPv4 or IPv6 address with a port; nil for anything else.
  init?(host: String, port: UInt16) {
    var four = sockaddr_in()
    four.sin_family = sa_family_t(AF_INET)
    four.sin_port = port.bigEndian
    if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
      self.init(four)
      return
    }
    var six = sockaddr_in6()
    six.sin6_family = sa_family_t(AF_INET6)
    six.sin6_port = port.bigEndian
    guard inet_pton(AF_INET6, host, &six.sin6_addr) == 1 else { return nil }
    self.init(six)
  }

  /// The longest path of a Unix-domain socket, in bytes.
  static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// A Unix-domain socket's path; nil if it is empty or longer than ``longestPath``.
  init?(path: String) {
    guard !path.isEmpty, path.utf8.count <= Self.longestPath, !path.utf8.contains(0) else { return nil }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    self.init(address)
  }

  /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
  var family: Int32 { Int32(storage.ss_family) }

  /// The address in its usual text, an IPv4 address in IPv6's clothes (RFC 4291 §2.5.5.2) as IPv4; `unix` for the others.
  var host: String {
    switch family {
    case AF_INET:
      return withPointer(as: sockaddr_in.self) { Self.text(AF_INET, $0.sin_addr) }
    case AF_INET6:
      let text = withPointer(as: sockaddr_in6.self) { Self.text(AF_INET6, $0.sin6_addr) }
      return text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
    default: return "unix"
    }
  }

  /// The port; 0 where there is none.
  var port: Int {
    switch family {
    case AF_INET: withPointer(as: sockaddr_in.self) { Int(UInt16(bigEndian: $0.sin_port)) }
    case AF_INET6: withPointer(as: sockaddr_in6.self) { Int(UInt16(bigEndian: $0.sin6_port)) }
    default: 0
    }
  }

  /// The path of a Unix-domain socket; empty where there is none.
  var path: String {
    guard family == AF_UNIX else { return "" }
    return withPointer(as: sockaddr_un.self) { address in
      withUnsafeBytes(of: address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
  }

  /// As it is written in a configuration: `127.0.0.1:80`, `[::1]:80`, `unix:/run/socket`.
  var description: String {
    switch family {
    case AF_INET: "\(host):\(port)"
    case AF_INET6: "[\(host)]:\(port)"
    default: "unix:\(path)"
    }
  }

  /// Lends the address to a system call.
  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
  }

  private func withPointer<Address, Result>(as type: Address.Type, _ body: (Address) -> Result) -> Result {
    withUnsafeBytes(of: storage) { body($0.load(as: type)) }
  }

  private static func text(_ family: Int32, _ address: some Any) -> String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let written = withUnsafeBytes(of: address) {
      inet_ntop(family, $0.baseAddress, &buffer, socklen_t(buffer.count)) != nil
    }
    return written ? String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : "unknown"
  }
}
