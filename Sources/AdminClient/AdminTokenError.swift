public import Base

/// Why there is no token to ask with. None of its words are a token's.
public enum AdminTokenError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(FileError)
  /// It is neither a token nor a token file.
  case notAToken
  /// The file has no such name.
  case unknownName(String, among: [String])
  /// The file has several names, and none was chosen.
  case manyNames([String])
  /// The file has only the digest of this name's token.
  case digest(of: String)

  /// What is wrong, and what would be right; which file it is about is for the caller to say.
  public var description: String {
    switch self {
    case .unreadable(let error): "\(error)"
    case .notAToken:
      """
      that is no token: one has 32 visible characters at least and stands alone, or in lines NAME ROLE TOKEN as in a \
      gateway's token file
      """
    case .unknownName(let name, let names): "there is no token of '\(name)'; there are those of \(Self.list(names))"
    case .manyNames(let names): "there are tokens of \(Self.list(names)); choose one with --name"
    case .digest(let name):
      """
      there is only the digest of \(name)'s token, from which the token cannot be found out; name the file that has the \
      token itself
      """
    }
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
