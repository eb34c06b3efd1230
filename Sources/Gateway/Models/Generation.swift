internal import Base
internal import Defence
internal import Foundation
internal import Images
internal import NeuralNet
internal import Synchronization

/// One version of a model, compiled and warm, for as long as a request needs it.
///
/// Every request is answered by one generation, which it holds from its head to its answer. When the next one has taken
/// its place and the last of its requests is answered, its memory is given back.
final class Generation: Sendable {
  /// All but the networks.
  let record: ModelRecord
  /// The networks.
  let model: DefendedModel
  /// Since when it can be asked.
  let since = Date()
  /// How many pictures at once it is compiled for by now; more are judged in several runs.
  private let prepared = Atomic(1)
  private let lanes: Lanes

  /// A worker for each compute thread.
  ///
  /// Sendable unchecked: a worker is only used by the thread that has its number, and before that while it is warmed.
  private final class Lanes: @unchecked Sendable {
    let workers: [DefenceWorker]
    init(_ workers: [DefenceWorker]) { self.workers = workers }
  }

  /// A model that is compiled, with a warm worker for each compute thread.
  ///
  /// - Throws: what ``DefenceWorker/warm()`` throws.
  init(_ record: ModelRecord, _ model: DefendedModel, threads: Int) throws {
    (self.record, self.model) = (record, model)
    // No request should be the first to meet a worker's memory.
    let workers = try (0..<threads).map { _ in try DefenceWorker(model) }
    for worker in workers { try worker.warm() }
    lanes = Lanes(workers)
  }

  /// Reads, compiles and warms a bundle.
  ///
  /// - Parameters:
  ///   - path: a version's folder, or a model's, whose current version is meant.
  ///   - threads: how many compute threads there are.
  /// - Throws: ``ModelsError/unsound(path:reason:)``, also where an answer to a probe is not the one written down.
  convenience init(
    contentsOf path: String, key: SelectionKey?, precision: PrecisionChoice, threads: Int
  ) throws(ModelsError) {
    do {
      let bundle = try ModelBundle(contentsOf: path)
      try self.init(bundle.record, try bundle.model(key: key, precision: precision), threads: threads)
    } catch {
      throw .unsound(path: path, reason: "\(error)")
    }
  }

  /// The worker of the compute thread with this number.
  func worker(_ lane: Int) -> DefenceWorker { lanes.workers[lane] }

  /// How many pictures at once it is compiled for.
  var largestBatch: Int { prepared.load(ordering: .relaxed) }

  /// Compiles for more pictures at once, up to `limit`; meanwhile it can be asked.
  func prepare(upTo limit: Int) throws {
    var size = 2 * largestBatch
    while size <= limit {
      try model.prepare(pictures: size)
      prepared.store(size, ordering: .relaxed)
      size *= 2
    }
  }
}

extension Generation: CustomStringConvertible {
  /// Such as `traffic-signs version 2`.
  var description: String { "\(record.manifest.name) version \(record.manifest.version)" }
}
