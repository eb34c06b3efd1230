internal import Base
internal import Defence
internal import ModelStore
internal import NeuralNet

/// The models that are served: one generation of each, exchanged as a whole.
final class ServedModels: Sendable {
  /// Where models come from and how they are made ready.
  struct Settings: Sendable {
    /// A folder of models, or one model's.
    var folder: String
    /// The folders of those that are served; empty for all there are.
    var served: Set<String> = []
    /// The model that is asked where a request names none. Without it that is the only model there is; where there are
    /// several, requests must name one.
    var defaultName: String?
    /// The secret that decides which differentiators a picture meets; without it anybody can foretell them.
    var selectionKey: SelectionKey?
    /// In which numbers the networks compute.
    var precision = PrecisionChoice.float32
    /// How many threads ask them.
    var threads = Processor.count
    /// How many pictures share a run at most.
    var maximumBatch = 8
  }

  private struct Table: Sendable {
    var generations: [String: Generation] = [:]
    var defaultName: String?
  }

  private let settings: LockBox<Settings>
  private let table = LockBox(Table())
  /// Held while models are read, so that two reloads do not overtake each other.
  private let loading = LockBox(())
  /// Reads and compiles beside what is served, and stands back behind it.
  private let preparation = ComputeThread(nice: 10)

  /// Reads, compiles and warms every model.
  ///
  /// Larger batches than one picture are compiled for after that, in the background.
  init(_ settings: Settings) throws(ModelsError) {
    self.settings = LockBox(settings)
    try reload()
  }

  /// What is served under a name, or by default; nil if there is no such model.
  func generation(named name: String? = nil) -> Generation? {
    table.withLock { table in (name ?? table.defaultName).flatMap { table.generations[$0] } }
  }

  /// The model that is asked where a request names none, if there is one.
  var defaultName: String? { table.withLock { $0.defaultName } }

  /// Where a model's folder would be, whether it is there or not.
  func folder(for name: String) -> String { "\(settings.withLock { $0.folder })/\(name)" }

  /// Everything that is served, by name.
  var all: [Generation] {
    table.withLock { $0.generations.values.sorted { $0.record.manifest.name < $1.record.manifest.name } }
  }

  /// Reads the folder again. What has changed is made ready beside what is served; then all takes its place in one
  /// step, and requests that have begun keep the generation they have.
  ///
  /// - Parameter changed: other settings from now on. The number of threads stays what it was.
  /// - Throws: ``ModelsError`` if anything is wrong with any model; then nothing changes.
  func reload(_ changed: Settings? = nil) throws(ModelsError) {
    try loading.withLock { (_) throws(ModelsError) in
      let before = settings.withLock { $0 }
      var settings = changed ?? before
      settings.threads = before.threads
      let served = table.withLock { $0 }
      // With another secret, or other numbers, the same bundle is another generation.
      let isAlike = settings.selectionKey == before.selectionKey && settings.precision == before.precision
      let known = isAlike ? served.generations : [:]
      var next = Table()
      var fresh: [Generation] = []
      var paths: [String: String] = [:]
      let folders: [ModelFolder]
      do throws(ModelStoreError) {
        folders = try ModelStore(folder: settings.folder).models(named: settings.served)
      } catch {
        throw .store(error)
      }
      for path in folders.map(\.path) {
        let generation = try current(path, known: known, settings)
        let name = generation.record.manifest.name
        if let other = paths.updateValue(path, forKey: name) { throw .duplicate(name: name, paths: [other, path]) }
        if known[name] !== generation { fresh.append(generation) }
        next.generations[name] = generation
      }
      next.defaultName = try Self.defaultName(
        settings.defaultName, among: next.generations.keys.sorted(), before: served.defaultName)
      table.withLock { $0 = next }
      self.settings.withLock { $0 = settings }
      prepare(fresh)
    }
  }

  /// Puts a generation that was loaded into the place of the one with its name, or beside the others.
  ///
  /// - Returns: the one that was there.
  @discardableResult
  func serve(_ generation: Generation) -> Generation? {
    table.withLock { $0.generations.updateValue(generation, forKey: generation.record.manifest.name) }
  }

  /// Makes ready what a folder holds, for batches of all sizes, without serving it. It takes its time, so as not to take
  /// that of requests.
  func load(_ path: String) throws(ModelsError) -> Generation {
    let settings = settings.withLock { $0 }
    let job = preparation.submit {
      let generation = try Self.load(path, settings)
      try generation.prepare(upTo: settings.maximumBatch)
      return generation
    }
    do {
      return try job.wait()
    } catch {
      throw error as? ModelsError ?? .unsound(path: path, reason: "\(error)")
    }
  }

  private static func load(_ path: String, _ settings: Settings) throws(ModelsError) -> Generation {
    try Generation(
      contentsOf: path, key: settings.selectionKey, precision: settings.precision, threads: settings.threads)
  }

  /// The generation of a model's current version: the one that is served, if it is of the same bundle.
  private func current(
    _ path: String, known: [String: Generation], _ settings: Settings
  ) throws(ModelsError) -> Generation {
    let digest: String
    do {
      digest = try ModelBundle.digest(of: path)
    } catch {
      throw .unsound(path: path, reason: "\(error)")
    }
    if let same = known.values.first(where: { $0.record.digest == digest }) { return same }
    return try Self.load(path, settings)
  }

  /// The default stays what it was when another model comes: who names none must not be asked about other labels.
  private static func defaultName(
    _ wanted: String?, among names: [String], before: String?
  ) throws(ModelsError) -> String? {
    if let name = wanted {
      guard names.contains(name) else { throw .unknownDefault(name, served: names) }
      return name
    }
    if let before, names.contains(before) { return before }
    return names.count == 1 ? names[0] : nil
  }

  private func prepare(_ generations: [Generation]) {
    let limit = settings.withLock(\.maximumBatch)
    for generation in generations {
      // If memory is short, smaller batches will do.
      _ = preparation.submit { [weak generation] in try generation?.prepare(upTo: limit) }
    }
  }
}
