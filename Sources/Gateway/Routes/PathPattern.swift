internal import HTTPCore

/// Paths that have something in common, such as `/v1/models/{name}`: a part in braces stands for any one part.
struct PathPattern: Sendable, Hashable, CustomStringConvertible {
  private enum Part: Hashable {
    case literal(String)
    case parameter(String)
  }

  /// As it was written.
  let description: String
  private let parts: [Part]

  /// - Parameter text: starts with a slash.
  init(_ text: String) {
    precondition(text.hasPrefix("/"), "a path starts with a slash")
    description = text
    parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
      part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
    }
  }

  /// What stands for the parts in braces, decoded; nil if the path is another one. None stands for an empty part.
  func match(_ path: String) -> [String: String]? {
    let given = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard given.count == parts.count else { return nil }
    var parameters: [String: String] = [:]
    for (part, text) in zip(parts, given) {
      // RFC 3986 §6.2.2.2: an encoded letter is the letter.
      guard let text = PercentEncoding.decoded(text) else { return nil }
      switch part {
      case .literal(let literal): guard text == literal else { return nil }
      case .parameter(let name):
        guard !text.isEmpty else { return nil }
        parameters[name] = text
      }
    }
    return parameters
  }
}
