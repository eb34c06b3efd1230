internal import Glibc

/// A system call that failed.
public struct SystemError: Error, Hashable, CustomStringConvertible {
  /// The call's name, with what it was about.
  public let call: String
  /// Its `errno`.
  public let code: Int32

  /// A call that failed with this code.
  public init(_ call: String, code: Int32) {
    self.call = call
    self.code = code
  }

  /// Such as `bind 127.0.0.1:80: Permission denied`.
  public var description: String { "\(call): \(String(cString: strerror(code)))" }
}
