internal import Glibc

/// A socket that the service manager opened and passed on (sd_listen_fds(3)).
public struct ActivatedSocket: Sendable, Hashable {
  /// The descriptor, which listens already. It belongs to whoever takes it.
  public let descriptor: Int32
  /// What `FileDescriptorName=` calls it, or the socket unit's name.
  public let name: String

  /// More than any unit has; a larger number is taken for a mistake.
  private static let most = 1024

  /// The sockets that `LISTEN_FDS`, `LISTEN_PID` and `LISTEN_FDNAMES` tell of, none if they are for another process.
  ///
  /// They are not passed on to child processes any more.
  /// - Throws: ``ActivationError``.
  public static func passed(
    environment: [String: String], process: Int32? = nil
  ) throws(ActivationError) -> [ActivatedSocket] {
    try passed(environment: environment, process: process ?? getpid(), from: 3)
  }

  /// - Parameter first: the first descriptor that is passed; the manager's is always 3 (`SD_LISTEN_FDS_START`).
  static func passed(
    environment: [String: String], process: Int32, from first: Int32
  ) throws(ActivationError) -> [ActivatedSocket] {
    guard let wanted = try environment.number("LISTEN_PID", 1...Int(Int32.max)), wanted == Int(process) else {
      return []
    }
    guard let count = try environment.number("LISTEN_FDS", 0...most) else { return [] }
    let names = environment["LISTEN_FDNAMES"].map {
      $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
    if let names, names.count != count { throw .names(count: names.count, sockets: count) }
    var sockets: [ActivatedSocket] = []
    for index in 0..<count {
      let socket = ActivatedSocket(descriptor: first + Int32(index), name: names?[index] ?? "unknown")
      guard fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) == 0, socket.isListening else {
        throw .notListening(descriptor: socket.descriptor, name: socket.name)
      }
      sockets.append(socket)
    }
    return sockets
  }

  private var isListening: Bool {
    option(SO_ACCEPTCONN) == 1 && option(SO_TYPE) == Int32(SOCK_STREAM.rawValue)
  }

  private func option(_ name: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }
}
