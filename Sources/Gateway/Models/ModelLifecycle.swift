internal import Base
internal import Defence
internal import Foundation
internal import HTTPCore
internal import Logging
internal import ModelStore
internal import StateStore

/// Which version of each model serves: chosen, gone back from, removed; one change after the other.
///
/// A version is read, verified and warmed beside the one that serves, then the link on disk is exchanged, the change is
/// written down, and requests that come from then on are answered by it. What fails on the way leaves everything as it
/// was. Blocks its caller for as long as that takes.
final class ModelLifecycle: Sendable {
  /// A change that was made.
  struct Change: Sendable {
    /// What was written down.
    let activation: Activation
    /// Of the version that serves now.
    let digest: String
    /// Since when it serves.
    let since: Date
  }

  private let models: ServedModels
  private let activations: ActivationTable
  private let log: Logger
  private let kept: LockBox<Int>
  /// Versions that jobs need; nil if that is not known.
  private let protected: @Sendable (_ model: String) -> Set<Int>?
  /// Told of each change, one after the other.
  private let observe: @Sendable (Change) -> Void
  /// Held during a change.
  private let changing = LockBox(())

  /// - Parameters:
  ///   - keep: how many versions of a model stay.
  ///   - protected: versions that must not be removed; nil for all.
  ///   - observe: told of each change; must be quick.
  init(
    _ models: ServedModels, _ activations: ActivationTable, keep: Int, log: Logger,
    protected: @escaping @Sendable (_ model: String) -> Set<Int>?, observe: @escaping @Sendable (Change) -> Void
  ) {
    (self.models, self.activations, self.log) = (models, activations, log)
    kept = LockBox(keep)
    self.protected = protected
    self.observe = observe
  }

  /// So many versions stay from now on.
  func keep(_ count: Int) { kept.withLock { $0 = count } }

  /// A served model's versions on disk.
  func stored(_ model: String) throws(AdminProblem) -> StoredModel {
    guard let generation = models.generation(named: model) else { throw .unknownModel(model, among: models) }
    do throws(ModelStoreError) { return try StoredModel(of: generation.record) } catch { throw AdminProblem(error) }
  }

  /// Lets a version serve.
  ///
  /// - Parameter expected: the version that must be the current one; nil for any.
  func activate(
    _ version: Int, of model: String, ifCurrent expected: Int? = nil, kind: Activation.Kind = .activate,
    by actor: String
  ) throws(AdminProblem) -> Change {
    try changing.withLock { (_) throws(AdminProblem) in
      try change(model, ifCurrent: expected, kind, actor) { (_) throws(AdminProblem) in version }
    }
  }

  /// Goes back to the version that was current before.
  func rollBack(
    _ model: String, ifCurrent expected: Int? = nil, kind: Activation.Kind = .rollBack, by actor: String
  ) throws(AdminProblem) -> Change {
    try changing.withLock { (_) throws(AdminProblem) in
      try change(model, ifCurrent: expected, kind, actor) { (stored) throws(AdminProblem) in
        guard let version = try self.rollBackVersion(stored, model) else {
          throw AdminProblem(
            .conflict, "\(model) has no version that was current before and is still there",
            error: "nothing_to_roll_back_to")
        }
        return version
      }
    }
  }

  /// The version that going back would lead to; nil if there is none.
  func rollBackVersion(_ model: String) throws(AdminProblem) -> Int? {
    try rollBackVersion(try stored(model), model)
  }

  /// Removes a version from disk.
  func remove(_ version: Int, of model: String) throws(AdminProblem) {
    try changing.withLock { (_) throws(AdminProblem) in
      let stored = try stored(model)
      do throws(ModelStoreError) {
        guard protected(model)?.contains(version) == false else {
          throw .inUse(version, of: model, reason: "a retraining needs it")
        }
        try stored.remove(version)
      } catch {
        throw AdminProblem(error)
      }
    }
  }

  /// Takes note of what was changed while nobody looked, such as a link that was exchanged by hand.
  func reconcile() {
    changing.withLock { _ in
      for generation in models.all {
        let model = generation.record.manifest.name
        do {
          let stored = try StoredModel(of: generation.record)
          if let needed = protected(model) { stored.sweep(needed: needed) }
          let last = try activations.list(model: model, limit: 1).first
          let version = generation.record.manifest.version
          guard last?.version != version else { continue }
          let activation = try activations.append(
            model: model, version: version, previous: last?.version, kind: .outside, actor: "gateway", time: Date())
          observe(Change(activation: activation, digest: generation.record.digest, since: generation.since))
        } catch ModelStoreError.unversioned {
          continue
        } catch {
          log.error("a model's history could not be read", metadata: ["model": "\(model)", "reason": "\(error)"])
        }
      }
    }
  }

  /// Removes the versions of a model that are beyond those that are kept.
  func retire(_ model: String) {
    changing.withLock { _ in
      do {
        let stored = try stored(model)
        guard var needed = protected(model) else { return }
        if let before = try rollBackVersion(stored, model) { needed.insert(before) }
        for version in stored.surplus(keeping: kept.withLock { $0 }, protecting: needed) {
          try stored.remove(version)
          log.info("a version was removed", metadata: ["model": "\(model)", "version": "\(version)"])
        }
      } catch {
        log.warning("old versions could not be removed", metadata: ["model": "\(model)", "reason": "\(error)"])
      }
    }
  }

  // MARK: One change

  private func change(
    _ model: String, ifCurrent expected: Int?, _ kind: Activation.Kind, _ actor: String,
    choose: (StoredModel) throws(AdminProblem) -> Int
  ) throws(AdminProblem) -> Change {
    guard let serving = models.generation(named: model) else { throw .unknownModel(model, among: models) }
    let stored = try stored(model)
    let current = stored.current
    if let expected, expected != current {
      throw AdminProblem(
        .conflict, "the current version of \(model) is \(current.map(String.init) ?? "none"), not \(expected)",
        error: "not_current", members: ["current": .integer(current ?? 0)])
    }
    let version = try choose(stored)
    do {
      _ = try stored.version(version)
      if version == current, serving.record.path == stored.folder.path(of: version) {
        // It serves already: nothing changes, and the truth is told.
        if let last = try activations.list(model: model, limit: 1).first, last.version == version {
          return Change(activation: last, digest: serving.record.digest, since: serving.since)
        }
      }
      let generation = try load(version, of: stored, model)
      try stored.activate(version)
      let activation: Activation
      do throws(StateError) {
        activation = try activations.append(
          model: model, version: version, previous: current, kind: kind, actor: actor, time: Date())
      } catch {
        // What cannot be written down does not happen.
        if let current { try? stored.activate(current) }
        throw error
      }
      models.serve(generation)
      let change = Change(activation: activation, digest: generation.record.digest, since: generation.since)
      observe(change)
      return change
    } catch let error as ModelStoreError {
      throw AdminProblem(error)
    } catch let error as StateError {
      throw AdminProblem(error)
    } catch {
      throw AdminProblem(.internalServerError, "\(error)", error: "failed")
    }
  }

  private func load(_ version: Int, of stored: StoredModel, _ model: String) throws(ModelStoreError) -> Generation {
    let generation: Generation
    do throws(ModelsError) {
      generation = try models.load(stored.folder.path(of: version))
    } catch {
      let reason = if case .unsound(_, let reason) = error { reason } else { error.description }
      throw .unsound(version, of: model, reason: reason)
    }
    let name = generation.record.manifest.name
    guard name == model else { throw .unsound(version, of: model, reason: "its manifest calls the model '\(name)'") }
    return generation
  }

  /// Going back undoes the last choice; going back again the one before that.
  private func rollBackVersion(_ stored: StoredModel, _ model: String) throws(AdminProblem) -> Int? {
    let history: [Activation]
    do throws(StateError) { history = try activations.all(model: model) } catch { throw AdminProblem(error) }
    var chosen: [Int] = []
    for activation in history {
      switch activation.kind {
      case .activate, .gate, .outside: if chosen.last != activation.version { chosen.append(activation.version) }
      case .rollBack, .drift:
        while let last = chosen.last, last != activation.version { chosen.removeLast() }
        if chosen.isEmpty { chosen.append(activation.version) }
      }
    }
    return chosen.last { $0 != stored.current && stored.folder.hasBundle($0) }
  }
}
