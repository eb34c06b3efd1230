internal import Base
internal import Defence

/// Whether requests should come here, and if not, why.
final class Readiness: Sendable {
  /// What can be in the way, in the order in which it is told.
  enum Hindrance: String, Sendable, Hashable, CaseIterable {
    /// No picture was judged yet.
    case starting = "no picture has been judged yet"
    /// The last rehearsal gave no verdict.
    case failing = "the networks gave no verdict on a plain picture"
    /// The process ends when what has begun is answered.
    case draining = "the server is about to stop"
  }

  private let hindrances = LockBox<Set<Hindrance>>([.starting])

  /// What is in the way; empty if requests are welcome.
  var reasons: [Hindrance] {
    let hindrances = hindrances.withLock { $0 }
    return Hindrance.allCases.filter(hindrances.contains)
  }

  /// Says that something is in the way, or no longer.
  func set(_ hindrance: Hindrance, _ isThere: Bool) {
    hindrances.withLock { hindrances in
      if isThere { hindrances.insert(hindrance) } else { hindrances.remove(hindrance) }
    }
  }

  /// Asks every model about a plain picture, on the way that all pictures take, and notes whether it could.
  ///
  /// - Parameter completion: called once with the models that gave no verdict; from any thread.
  func rehearse(
    _ models: ServedModels, _ classifier: Classifier,
    completion: @escaping @Sendable ([(model: String, fault: ClassificationFault)]) -> Void = { _ in }
  ) {
    rehearse(models.all[...], classifier, faults: []) { [self] faults in
      set(.failing, !faults.isEmpty)
      if faults.isEmpty { set(.starting, false) }
      completion(faults)
    }
  }

  private func rehearse(
    _ generations: ArraySlice<Generation>, _ classifier: Classifier,
    faults: [(model: String, fault: ClassificationFault)],
    completion: @escaping @Sendable ([(model: String, fault: ClassificationFault)]) -> Void
  ) {
    guard let generation = generations.first else { return completion(faults) }
    classifier.rehearse(generation) { [self] verdict in
      var faults = faults
      // A full queue is no failure: others are being judged.
      if case .failure(let fault) = verdict, fault != .queueFull, fault != .deadline {
        faults.append((generation.record.manifest.name, fault))
      }
      rehearse(generations.dropFirst(), classifier, faults: faults, completion: completion)
    }
  }
}
