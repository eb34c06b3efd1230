import Glibc
import Testing

@testable import HTTPServer

/// A listening socket, and what is needed to drive a transport without a server around it.
final class Loopback {
  let port: UInt16
  private let descriptor: Int32

  /// One on 127.0.0.1, at any port.
  init() throws {
    // As the process does that holds a server: OpenSSL writes to sockets that may be closed at the other end.
    signal(SIGPIPE, SIG_IGN)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    self.descriptor = descriptor
    port = UInt16(bigEndian: address.sin_port)
    try #require(result, "errno \(errno)")
  }

  /// A Unix-domain socket at a path. Nothing that is written to it is counted as sent before it is read.
  init(path: String) throws {
    signal(SIGPIPE, SIG_IGN)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(descriptor, 8) == 0
      }
    }
    self.descriptor = descriptor
    port = 0
    try #require(result, "errno \(errno)")
  }

  deinit { close(descriptor) }

  /// The next connection, not blocking, with a send buffer of so many bytes.
  func accept(sendBuffer: Int32? = nil) throws -> Int32 {
    try #require(wait(for: descriptor, POLLIN))
    let connection = Glibc.accept(descriptor, nil, nil)
    try #require(connection >= 0, "errno \(errno)")
    try #require(fcntl(connection, F_SETFL, O_NONBLOCK) == 0 && fcntl(connection, F_SETFD, FD_CLOEXEC) == 0)
    if var sendBuffer { setsockopt(connection, SOL_SOCKET, SO_SNDBUF, &sendBuffer, 4) }
    return connection
  }

  /// The next connection, with TLS on it, not yet begun.
  func transport(_ context: TLSContext, sendBuffer: Int32? = nil) throws -> TLSTransport {
    try TLSTransport(try accept(sendBuffer: sendBuffer), context: context)
  }
}

/// Waits until one of the events, or an error, is there; false if that takes 10 seconds.
func wait(for descriptor: Int32, _ events: Int32) -> Bool {
  var item = pollfd(fd: descriptor, events: Int16(events), revents: 0)
  return poll(&item, 1, 10_000) == 1
}

/// Nothing came within the time that a test waits.
struct Silence: Error {}

extension TLSTransport {
  /// The whole handshake.
  func completeHandshake() throws {
    while try !handshake() { try pause() }
  }

  /// The next bytes, or nil at the end.
  func next(_ room: Int = 1 << 16) throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: room)
    while true {
      switch try buffer.withUnsafeMutableBytes({ try read(into: $0) }) {
      case .bytes(let count, _): return Array(buffer[..<count])
      case .wouldBlock: try pause()
      case .end: return nil
      }
    }
  }

  /// What comes until the end.
  func rest() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let next = try next() { bytes += next }
    return bytes
  }

  /// Writes all of it.
  func writeAll(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      rest = rest.dropFirst(try rest.withUnsafeBytes { try write($0) })
      if !rest.isEmpty { try #require(wait(for: descriptor, POLLIN | POLLOUT)) }
    }
  }

  private func pause() throws {
    guard wait(for: descriptor, waitsForRoom ? POLLOUT : POLLIN) else { throw Silence() }
  }
}
