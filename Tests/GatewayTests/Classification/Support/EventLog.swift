import Base
@testable import Gateway

/// Keeps every event.
final class EventLog: ClassificationObserver {
  private let box = LockBox<[ClassificationEvent]>([])

  func observe(_ event: ClassificationEvent) { box.withLock { $0.append(event) } }

  var events: [ClassificationEvent] { box.withLock { $0 } }

  /// How many pictures each run had.
  var runs: [Int] {
    events.compactMap { if case .ran(let pictures, _) = $0 { pictures } else { nil } }
  }

  /// Why pictures got no verdict.
  var refusals: [ClassificationEvent.Refusal] {
    events.compactMap { if case .refused(let refusal) = $0 { refusal } else { nil } }
  }

  /// How many pictures were taken on.
  var received: Int { events.count { if case .received = $0 { true } else { false } } }
}
