/// Why the gateway's state cannot be read or written.
public enum StateError: Error, Equatable, CustomStringConvertible {
  /// The folder or the database in it cannot be used; what is wrong with which file.
  case unusable(path: String, reason: String)
  /// The disk has no room.
  case full(path: String)

  /// One line for people.
  public var description: String {
    switch self {
    case .unusable(let path, let reason): "the state in '\(path)' cannot be used: \(reason)"
    case .full(let path): "the state in '\(path)' cannot be written: the disk is full"
    }
  }
}
