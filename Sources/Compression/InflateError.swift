/// Why compressed bytes cannot be inflated.
public enum InflateError: Error, Equatable, CustomStringConvertible {
  /// They are not of the format; the words are zlib's.
  case malformed(String)
  /// They end before their format does.
  case truncated
  /// Further bytes follow the end.
  case trailing
  /// They give more bytes than were allowed.
  case tooLong(limit: Int)
  /// They give more than this many times the bytes that they take.
  case tooDense(ratio: Int)
  /// There is no memory for zlib's tables.
  case noMemory

  /// A few words for people.
  public var description: String {
    switch self {
    case .malformed(let words): "the compressed data is malformed: \(words)"
    case .truncated: "the compressed data is cut off"
    case .trailing: "further bytes follow the compressed data"
    case .tooLong(let limit): "it inflates to more than \(limit) bytes"
    case .tooDense(let ratio): "it inflates to more than \(ratio) times its size"
    case .noMemory: "there is no memory to inflate it"
    }
  }

  /// Whether it is no mere damage: reading on would not be right.
  public var isGrave: Bool {
    switch self {
    case .tooDense, .noMemory: true
    case .malformed, .truncated, .trailing, .tooLong: false
    }
  }
}
