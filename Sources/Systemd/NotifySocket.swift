internal import Glibc

/// The socket on which the service manager listens (sd_notify(3)); without systemd there is none.
///
/// Every message has a socket of its own, so it can be used from any thread, and nothing has to be kept open.
public struct NotifySocket: Sendable, Hashable {
  /// As many bytes as a Unix-domain socket's path may have (unix(7)), its closing zero not counted.
  static let limit = 107

  private let address: String

  /// The socket that `NOTIFY_SOCKET` names; nil if there is no such variable, or an empty one.
  ///
  /// - Throws: ``NotificationError/address(_:)`` for one that is no Unix-domain socket's name.
  public init?(environment: [String: String]) throws(NotificationError) {
    guard let address = environment["NOTIFY_SOCKET"], !address.isEmpty else { return nil }
    guard let first = address.utf8.first, [UInt8(ascii: "/"), UInt8(ascii: "@")].contains(first),
      (2...Self.limit).contains(address.utf8.count)
    else { throw .address(address) }
    self.address = address
  }

  /// Tells the manager what is the case, all in one message.
  ///
  /// Never blocks: a manager that does not read in time is an error like any other.
  public func notify(_ states: ServiceState...) throws(NotificationError) {
    let message = states.flatMap(\.assignments).joined(separator: "\n")
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .failed(call: "socket", code: errno) }
    defer { close(descriptor) }
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(address.utf8)
    // An abstract name begins with a zero byte, which the variable writes as an @.
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
    // An abstract name is as long as it is said to be, so nothing behind it may count.
    let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path)! + bytes.count + (bytes[0] == 0 ? 0 : 1))
    let text = Array(message.utf8)
    let sent = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
      }
    }
    guard sent == text.count else { throw .failed(call: "sendto", code: errno) }
  }

  /// CLOCK_MONOTONIC in microseconds, for ``ServiceState/reloading(since:)``.
  public static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
  }
}
