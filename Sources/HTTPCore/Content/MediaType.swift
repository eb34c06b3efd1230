/// What kind of content something is (RFC 9110 §8.3.1), such as `multipart/form-data; boundary=x`.
public struct MediaType: Sendable, Hashable, CustomStringConvertible {
  /// In small letters.
  public let type: String
  /// In small letters.
  public let subtype: String
  /// In the order in which they stand; no name comes twice.
  public let parameters: [Parameter]

  /// A type from its parts, of which type and subtype are tokens.
  public init(_ type: String, _ subtype: String, parameters: [Parameter] = []) {
    self.type = type.lowercased()
    self.subtype = subtype.lowercased()
    self.parameters = parameters
  }

  /// Reads a Content-Type's value; nil if it is none.
  public init?(_ text: String) {
    var scanner = TextScanner(text)
    scanner.skipSpace()
    guard let type = scanner.token(), scanner.take("/"), let subtype = scanner.token(),
      let parameters = scanner.parameters()
    else { return nil }
    self.init(type, subtype, parameters: parameters)
  }

  /// Type and subtype, such as `image/jpeg`.
  public var essence: String { "\(type)/\(subtype)" }

  /// The value of a parameter, whose name is given in small letters.
  public subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

  /// As a Content-Type's value; each parameter's value is quoted if it is no token.
  public var description: String {
    parameters.reduce(essence) { text, parameter in
      let isToken = !parameter.value.isEmpty && parameter.value.utf8.allSatisfy(\.isTokenCharacter)
      return "\(text); \(parameter.name)=\(isToken ? parameter.value : Self.quoted(parameter.value))"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = ""
    for character in text.unicodeScalars {
      if character == "\"" || character == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(character)
    }
    return "\"\(quoted)\""
  }
}
