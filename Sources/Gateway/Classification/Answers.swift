internal import Base
internal import Defence

/// Gathers what is answered about each of a request's pictures, until all are there.
final class Answers: Sendable {
  private struct State {
    var verdicts: [Result<Verdict, ClassificationFault>?]
    var missing: Int
  }

  private let names: [String?]
  private let state: LockBox<State>
  private let completion: @Sendable (Result<[Classifier.Answer], ClassificationFault>) -> Void

  /// - Parameter names: what each picture is called; there is one at least.
  init(_ names: [String?], completion: @escaping @Sendable (Result<[Classifier.Answer], ClassificationFault>) -> Void) {
    self.names = names
    self.completion = completion
    state = LockBox(State(verdicts: Array(repeating: nil, count: names.count), missing: names.count))
  }

  /// Takes one picture's verdict; with the last one all are handed on.
  func give(_ verdict: Result<Verdict, ClassificationFault>, to number: Int) {
    let all = state.withLock { state -> [Result<Verdict, ClassificationFault>]? in
      state.verdicts[number] = verdict
      state.missing -= 1
      return state.missing == 0 ? state.verdicts.compactMap { $0 } : nil
    }
    guard let all else { return }
    completion(.success(zip(names, all).map { Classifier.Answer(fileName: $0, verdict: $1) }))
  }
}
