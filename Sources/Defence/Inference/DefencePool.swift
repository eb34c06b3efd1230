internal import Base
public import Images
internal import NeuralNet

/// Asks a ``DefendedModel`` about many pictures on several threads. Blocks its caller, so it is not for Swift's
/// cooperative pool.
public final class DefencePool {
  private let lanes: [Lane]
  /// How pictures become input.
  public let input: InputFormat

  /// A worker and the thread that it runs on.
  ///
  /// Sendable unchecked: the worker is only used by jobs on the thread.
  private final class Lane: @unchecked Sendable {
    let thread = ComputeThread()
    let worker: DefenceWorker
    init(_ model: DefendedModel) throws { worker = try DefenceWorker(model) }
  }

  /// How many pictures a thread takes at a time.
  private static let share = 32

  /// - Throws: ``OneDNNError`` if oneDNN cannot start or memory is short.
  public init(_ model: DefendedModel, threads: Int) throws {
    precondition(threads > 0, "at least one thread")
    input = model.input
    lanes = try (0..<threads).map { _ in try Lane(model) }
  }

  /// One judgement for each picture, in order.
  ///
  /// - Parameters:
  ///   - pictures: at the input's size.
  ///   - progress: told, from any thread, how many are judged.
  /// - Throws: what ``DefenceWorker/judge(_:)`` throws.
  public func judge(
    _ pictures: [Picture], progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }
  ) throws -> [Judgement] {
    let starts = LockBox(Array(stride(from: 0, to: pictures.count, by: Self.share))[...])
    let results = LockBox([Judgement?](repeating: nil, count: pictures.count))
    let done = LockBox(0)
    let jobs = lanes.map { lane in
      lane.thread.submit {
        while let start = starts.withLock({ $0.popFirst() }) {
          let end = min(start + Self.share, pictures.count)
          let judgements = try lane.worker.judge(Array(pictures[start..<end]))
          results.withLock { results in
            for (offset, judgement) in judgements.enumerated() { results[start + offset] = judgement }
          }
          progress(
            done.withLock { done in
              done += judgements.count
              return done
            })
        }
      }
    }
    // All are waited for, even if one fails.
    for result in jobs.map({ job in Result { try job.wait() } }) { try result.get() }
    return results.withLock { $0.compactMap { $0 } }
  }
}
