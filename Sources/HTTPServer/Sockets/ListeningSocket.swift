internal import Glibc

/// A socket that connections come in at. It is closed with its owner, and a Unix-domain socket's file removed.
final class ListeningSocket {
  let descriptor: Int32
  /// Where it listens, with the port that was free where 0 was asked for.
  let address: SocketAddress
  private let path: String?
  /// Whether somebody else listens on when this process does not.
  private let isShared: Bool

  /// As many as the kernel lets wait (net.core.somaxconn cuts it).
  private static let backlog: Int32 = 4096

  /// - Throws: ``SystemError`` if the address cannot be had.
  init(_ address: ListenAddress) throws(SystemError) {
    switch address {
    case .tcp(let host, let port):
      guard let wanted = SocketAddress(host: host, port: port) else {
        throw SystemError("bind \(address)", code: EINVAL)
      }
      descriptor = try Self.listening(at: wanted) { descriptor throws(SystemError) in
        // A restart must not wait for the connections of the last run to be forgotten.
        try System.set(SO_REUSEADDR, of: descriptor, to: 1)
        if wanted.family == AF_INET6 {
          try System.set(Int32(IPV6_V6ONLY), at: Int32(IPPROTO_IPV6), of: descriptor, to: host == "::" ? 0 : 1)
        }
      }
      (path, isShared) = (nil, false)
    case .unix(let file, let mode):
      guard let wanted = SocketAddress(path: file) else { throw SystemError("bind \(address)", code: EINVAL) }
      try Self.removeStale(file)
      descriptor = try Self.listening(at: wanted) { _ throws(SystemError) in }
      guard chmod(file, mode_t(mode)) == 0 else {
        let code = errno
        System.close(descriptor)
        unlink(file)
        throw SystemError("chmod \(file)", code: code)
      }
      (path, isShared) = (file, false)
    case .inherited(let inherited):
      guard try System.option(SO_ACCEPTCONN, of: inherited) == 1 else {
        throw SystemError("the inherited socket \(inherited) does not listen", code: EINVAL)
      }
      let flags = fcntl(inherited, F_GETFL)
      guard flags >= 0, fcntl(inherited, F_SETFL, flags | O_NONBLOCK) >= 0, fcntl(inherited, F_SETFD, FD_CLOEXEC) >= 0
      else { throw SystemError("fcntl \(inherited)", code: errno) }
      descriptor = inherited
      (path, isShared) = (nil, true)
    }
    do {
      self.address = try System.localAddress(of: descriptor)
    } catch {
      System.close(descriptor)
      throw error
    }
  }

  /// Lets no further connection begin; those that are complete can still be accepted. A shared socket stays as it is: who
  /// comes to it waits for the next process.
  func refuseFurther() { if !isShared { System.refuseFurther(descriptor) } }

  deinit {
    System.close(descriptor)
    if let path { unlink(path) }
  }

  private static func listening(
    at address: SocketAddress, prepare: (Int32) throws(SystemError) -> Void
  ) throws(SystemError) -> Int32 {
    let descriptor = try System.socket(address.family)
    do {
      try prepare(descriptor)
      try System.bind(descriptor, to: address)
      try System.listen(descriptor, backlog: backlog)
      return descriptor
    } catch {
      System.close(descriptor)
      throw error
    }
  }

  /// Removes the file of a socket that nobody listens at any more, as a `kill -9` leaves one; any other file stays.
  private static func removeStale(_ path: String) throws(SystemError) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK, let address = SocketAddress(path: path)
    else { return }
    let probe = try System.socket(AF_UNIX)
    defer { System.close(probe) }
    // Whoever listens there keeps the address, and bind says so.
    guard address.withPointer({ connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else { return }
    unlink(path)
  }
}
