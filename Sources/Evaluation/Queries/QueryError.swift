/// What goes wrong when a gateway is asked.
enum QueryError: Error, Hashable, CustomStringConvertible {
  /// It answered with something else than verdicts.
  case answer(String, pictures: Int)

  var description: String {
    switch self {
    case .answer(let text, let pictures):
      "the gateway was asked about \(pictures) picture(s), and answered with something else than as many verdicts: \(text)"
    }
  }
}
