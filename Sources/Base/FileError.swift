internal import Glibc

/// Why a file cannot be read or written. Which file is for the caller to say, who may know it by another name.
public enum FileError: Error, Equatable, CustomStringConvertible {
  /// A system call failed with this `errno`.
  case failed(call: String, code: Int32)
  /// It is a folder, a pipe, a device or a socket.
  case notRegular
  /// It has more bytes than its reader takes.
  case tooLarge(size: Int, limit: Int)
  /// It had fewer bytes left than it had when it was opened.
  case shrank

  /// A few words for people.
  public var description: String {
    switch self {
    case .failed(let call, let code): "\(call): \(String(cString: strerror(code)))"
    case .notRegular: "not a regular file"
    case .tooLarge(let size, let limit): "\(size) bytes, more than the \(limit) that are read"
    case .shrank: "the file shrank while it was read"
    }
  }
}
