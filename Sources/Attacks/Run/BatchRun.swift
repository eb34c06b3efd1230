internal import Base
internal import NeuralNet

/// Work on many items, batch by batch, on threads of its own, the next free one taking the next batch. All threads are
/// done when it returns, also if one fails.
struct BatchRun {
  /// How many items are worked on together.
  var batchSize: Int
  /// How many threads work, each on its own batch.
  var threads: Int

  /// - Parameters:
  ///   - count: how many items there are.
  ///   - makeWorker: is called once on each thread.
  ///   - body: works on the items of one batch.
  /// - Returns: what `body` returned, in the items' order.
  /// - Throws: what the first batch threw that failed; no further batch is begun then.
  func run<Worker, Result: Sendable>(
    _ count: Int, makeWorker: @escaping @Sendable () throws -> Worker,
    _ body: @escaping @Sendable (Worker, Range<Int>) throws -> [Result]
  ) throws -> [Result] {
    let starts = LockBox(Array(stride(from: 0, to: count, by: batchSize))[...])
    let size = batchSize
    let jobs = (0..<min(threads, (count + size - 1) / size)).map { _ in
      ComputeThread().submit { () throws -> [(start: Int, results: [Result])] in
        do {
          let worker = try makeWorker()
          var found: [(start: Int, results: [Result])] = []
          while let start = starts.withLock({ $0.popFirst() }) {
            found.append((start, try body(worker, start..<min(start + size, count))))
          }
          return found
        } catch {
          starts.withLock { $0 = [] }
          throw error
        }
      }
    }
    let results = jobs.map { job in Swift.Result { try job.wait() } }
    return try results.flatMap { try $0.get() }.sorted { $0.start < $1.start }.flatMap(\.results)
  }
}
