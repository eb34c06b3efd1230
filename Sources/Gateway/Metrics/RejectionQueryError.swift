/// Why a query about rejections is not understood; answered with 400.
enum RejectionQueryError: Error, Hashable, CustomStringConvertible {
  /// There is no such parameter.
  case unknownParameter(String)
  /// A parameter is there twice.
  case repeated(String)
  /// What is encoded is no UTF-8, or a percent sign has no two hexadecimal digits after it.
  case badEncoding
  /// There is no such window.
  case badWindow(String)
  /// The limit is no whole number, or too large a one.
  case badLimit(String, most: Int)
  /// No such model is served.
  case unknownModel(String, known: [String])

  /// Which parameter, what is wrong with it, and what would be right.
  var description: String {
    switch self {
    case .unknownParameter(let name): "there is no parameter '\(Self.cut(name))'; there are window, model and limit"
    case .repeated(let name): "the parameter '\(Self.cut(name))' is there more than once"
    case .badEncoding: "the query is not percent-encoded UTF-8"
    case .badWindow(let value):
      "window must be \(RejectionWindow.allCases.map(\.rawValue).joined(separator: ", ")), not '\(Self.cut(value))'"
    case .badLimit(let value, let most): "limit must be a whole number from 0 to \(most), not '\(Self.cut(value))'"
    case .unknownModel(let name, let known):
      "there is no model '\(Self.cut(name))'; there are: \(known.joined(separator: ", "))"
    }
  }

  /// What a client wrote, not longer than it takes to recognise it.
  private static func cut(_ text: String) -> String { text.count <= 40 ? text : text.prefix(40) + "…" }
}
