internal import Attacks
internal import Dispatch
internal import Base
internal import Images

/// A running gateway as an oracle (threat model T5): pictures go in as PNG files, and only what its client is answered comes
/// back.
struct GatewayOracle: QueryOracle {
  /// Answers requests of one disclosure of scores; see ``EvaluationRun/gateway``.
  let ask: @Sendable (_ files: [[UInt8]]) throws -> [UInt8]
  /// The model's labels, in order.
  let labels: [String]

  /// How many pictures go into a request: half of what gateways take, so that a round of questions keeps two busy.
  private static let most = 8

  func answers(to pictures: [Picture], for goals: [AttackGoal]) throws -> [QueryAnswer] {
    let starts = Array(stride(from: 0, to: pictures.count, by: Self.most))
    let found = LockBox([Result<[QueryAnswer], any Error>?](repeating: nil, count: starts.count))
    DispatchQueue.concurrentPerform(iterations: starts.count) { number in
      let places = starts[number]..<min(starts[number] + Self.most, pictures.count)
      let result = Result { try answers(to: pictures[places], for: goals[places]) }
      found.withLock { $0[number] = result }
    }
    return try found.withLock { $0 }.flatMap { try $0!.get() }
  }

  private func answers(
    to pictures: ArraySlice<Picture>, for goals: ArraySlice<AttackGoal>
  ) throws -> [QueryAnswer] {
    // Half of a question's time would be for making the files small, and they do not go far.
    let body = try ask(try pictures.map { try ImageEncoder.png($0, isCompressed: false) })
    return zip(try GatewayAnswer.all(in: body, of: pictures.count), goals).map { answer, goal in
      let (succeeds, value) = answer.value(label: labels[goal.label], target: goal.target.map { labels[$0] })
      return QueryAnswer(succeeds: succeeds, value: value)
    }
  }
}
