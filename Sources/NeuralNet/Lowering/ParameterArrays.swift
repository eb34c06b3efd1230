/// Numbers the external arrays in which a training program finds its weights and statistics.
struct ParameterArrays: Sendable {
  private let numbers: [String: Int]

  /// - Parameter first: the number of the first of `names`; the others follow.
  init(_ names: [String], first: Int) {
    numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, first + $0) })
  }

  func number(of name: String) -> Int {
    guard let number = numbers[name] else { preconditionFailure("no parameter '\(name)'") }
    return number
  }
}
