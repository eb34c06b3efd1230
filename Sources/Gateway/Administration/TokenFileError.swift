/// Why a file of tokens cannot be used. Nothing of a token is in it.
enum TokenFileError: Error, Equatable, CustomStringConvertible {
  /// It cannot be read.
  case inaccessible(path: String, reason: String)
  /// A line is none.
  case malformed(path: String, line: Int, reason: String)
  /// It has no line.
  case empty(path: String)

  /// One line for people.
  var description: String {
    switch self {
    case .inaccessible(let path, let reason): "admin.token-file '\(path)': \(reason)"
    case .malformed(let path, let line, let reason): "admin.token-file '\(path)', line \(line): \(reason)"
    case .empty(let path): "admin.token-file '\(path)' has no token; 'distinguo token' makes one"
    }
  }
}
