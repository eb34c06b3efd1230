/// HTML, element by element; whatever comes as text or as an attribute's value is escaped, so that a label cannot be markup.
struct HTMLWriter {
  private(set) var html = ""

  /// An element with attributes and content.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String>, _ content: (inout HTMLWriter) -> Void
  ) {
    open(name, attributes)
    content(&self)
    html += "</\(name)>"
  }

  /// The same for content that may fail.
  mutating func elementThrowing(
    _ name: String, _ attributes: KeyValuePairs<String, String>, _ content: (inout HTMLWriter) throws -> Void
  ) throws {
    open(name, attributes)
    try content(&self)
    html += "</\(name)>"
  }

  /// An element with text and no attributes.
  mutating func element(_ name: String, _ text: String) { element(name, [:], text) }

  /// An element with content and no attributes.
  mutating func element(_ name: String, _ content: (inout HTMLWriter) -> Void) { element(name, [:], content) }

  /// An element with text.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>, _ text: String) {
    element(name, attributes) { $0.text(text) }
  }

  /// An element without content, such as `img`.
  mutating func void(_ name: String, _ attributes: KeyValuePairs<String, String>) { open(name, attributes) }

  mutating func text(_ text: String) { html += Self.escaped(text) }

  /// What is markup already, from this file's own code.
  mutating func raw(_ markup: String) { html += markup }

  private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    html += "<\(name)"
    for (name, value) in attributes { html += " \(name)=\"\(Self.escaped(value))\"" }
    html += ">"
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
