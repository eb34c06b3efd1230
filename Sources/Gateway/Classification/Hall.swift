internal import Base
internal import Defence

/// What the threads of a ``Batcher`` share: who waits, and what they are at.
///
/// Sendable unchecked: all state is behind the condition's mutex.
final class Hall: @unchecked Sendable {
  /// What a free thread is to do.
  enum Work {
    /// Judge these, which share a generation.
    case judge([WaitingPicture])
    /// Help with networks that nobody has begun to ask.
    case help(Batch)
  }

  private let settings: Batcher.Settings
  private let condition = Condition()
  private var reserved = 0
  private var waiting: [WaitingPicture] = []
  private var batches: [Batch] = []
  private var idle = 0
  private var isClosed = false

  init(_ settings: Batcher.Settings) { self.settings = settings }

  var isFull: Bool { condition.withLock { reserved >= settings.capacity } }
  var occupied: Int { condition.withLock { reserved } }

  func reserve(_ count: Int) -> Int {
    condition.withLock {
      let given = max(0, min(count, settings.capacity - reserved))
      reserved += given
      return given
    }
  }

  func giveUp() {
    condition.withLock {
      reserved -= 1
      // It may have been what another waited for.
      if idle > 0, !waiting.isEmpty { condition.wakeOne() }
    }
  }

  func submit(_ picture: WaitingPicture) {
    condition.withLock {
      waiting.append(picture)
      if idle > 0 { condition.wakeOne() }
    }
  }

  /// Lets idle threads help with a batch.
  func announce(_ batch: Batch) {
    condition.withLock {
      // Others may have finished it meanwhile.
      guard batch.hearing.hasMore else { return }
      if !batches.contains(where: { $0 === batch }) { batches.append(batch) }
      if idle > 0 { condition.wakeAll() }
    }
  }

  /// Nobody can help with a batch any more.
  func retire(_ batch: Batch) {
    condition.withLock { batches.removeAll { $0 === batch } }
  }

  func close() {
    condition.withLock {
      isClosed = true
      condition.wakeAll()
    }
  }

  /// What to do next, waited for; nil when there will be nothing.
  func next() -> Work? {
    condition.withLock {
      idle += 1
      defer { idle -= 1 }
      while true {
        let patience = patience
        if !waiting.isEmpty, patience <= .zero { return .judge(take()) }
        if let batch = batches.first(where: { $0.hearing.hasMore }) { return .help(batch) }
        if waiting.isEmpty {
          guard !isClosed else { return nil }
          condition.wait()
        } else {
          condition.wait(atMost: patience)
        }
      }
    }
  }

  /// How long the first that waits is to wait yet for those that are on their way.
  private var patience: Duration {
    guard let first = waiting.first, settings.delay > .zero, reserved > waiting.count,
      waiting.count < settings.maximumBatch
    else { return .zero }
    return settings.delay - (.now - first.since)
  }

  /// The first that waits, and those of its generation that can share its run.
  private func take() -> [WaitingPicture] {
    let generation = waiting[0].generation
    var most = min(settings.maximumBatch, generation.largestBatch)
    if !generation.model.choiceIgnoresLabel {
      // Nobody can help before the Student has answered, so each free thread gets its share of the pictures.
      most = min(most, (waiting.count + idle - 1) / idle)
    }
    var (taken, rest): ([WaitingPicture], [WaitingPicture]) = ([], [])
    for picture in waiting {
      if picture.generation === generation, taken.count < most { taken.append(picture) } else { rest.append(picture) }
    }
    waiting = rest
    reserved -= taken.count
    if idle > 1, !waiting.isEmpty { condition.wakeOne() }
    return taken
  }
}
