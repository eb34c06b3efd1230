/// A regular expression that finds the part of a name that matters.
struct NamePattern {
  private let text: String
  private let regex: Regex<AnyRegexOutput>

  init(_ text: String) throws(DataSetError.Kind) {
    do {
      regex = try Regex(text)
    } catch {
      throw .badPattern(text, reason: "\(error)")
    }
    self.text = text
  }

  /// What the first pair of parentheses holds, or the whole match where the pattern has none.
  func part(of name: String) throws(DataSetError.Kind) -> String {
    guard let match = try? regex.firstMatch(in: name) else { throw .noMatch(name: name, pattern: text) }
    let captured = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
    guard let captured, !captured.isEmpty else { throw .noMatch(name: name, pattern: text) }
    return String(captured)
  }
}
