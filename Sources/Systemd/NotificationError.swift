internal import Glibc

/// Why the service manager cannot be told anything.
public enum NotificationError: Error, Hashable, CustomStringConvertible {
  /// `NOTIFY_SOCKET` is neither a path nor an abstract name that fits into a socket's address.
  case address(String)
  /// A system call failed with this `errno`.
  case failed(call: String, code: Int32)

  /// A few words for people.
  public var description: String {
    switch self {
    case .address(let text):
      "NOTIFY_SOCKET is '\(text)'; it must be an absolute path or an @ and a name, of at most \(NotifySocket.limit) bytes"
    case .failed(let call, let code): "NOTIFY_SOCKET: \(call): \(String(cString: strerror(code)))"
    }
  }
}
