/// Why bytes cannot be deflated.
public enum DeflateError: Error, Equatable, CustomStringConvertible {
  /// There is no memory for zlib's tables.
  case noMemory
  /// zlib failed where its manual says that it cannot; its code.
  case failed(code: Int32)

  /// A few words for people.
  public var description: String {
    switch self {
    case .noMemory: "there is no memory to compress it"
    case .failed(let code): "zlib's deflate failed with \(code)"
    }
  }
}
