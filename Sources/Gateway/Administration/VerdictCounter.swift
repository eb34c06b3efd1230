internal import Base
internal import Defence

/// Counts verdicts from one look to the next.
final class VerdictCounter: ClassificationObserver {
  /// A model's verdicts.
  struct Count: Encodable, Sendable, Hashable {
    var model: String
    var images: Int
    var rejected: Int
  }

  private let counts = LockBox<[String: Count]>([:])

  func observe(_ event: ClassificationEvent) {
    guard case .judged(let verdict, _, let model, _, _) = event else { return }
    counts.withLock { counts in
      counts[model, default: Count(model: model, images: 0, rejected: 0)].images += 1
      if !verdict.isAccepted { counts[model]?.rejected += 1 }
    }
  }

  /// What was counted since the last look, by the models' names.
  func take() -> [Count] {
    counts.withLock { counts in
      defer { counts = [:] }
      return counts.values.sorted { $0.model < $1.model }
    }
  }
}
