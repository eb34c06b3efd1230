internal import Base
internal import Defence
internal import Foundation
internal import Images
internal import NeuralNet

/// The probabilities of the Student, or of a copy of it, for pictures, on several threads: what prior defences look at.
struct StudentAnswers: Sendable {
  /// The network, which ends in logits.
  let graph: Graph
  private let plan: InferencePlan
  private let format: InputFormat
  private let threads: Int
  private static let batch = 32

  init(_ bundle: ModelBundle, threads: Int) throws {
    try self.init(bundle.student, bundle.manifest.input, threads: threads)
  }

  /// - Parameter network: ends in logits.
  init(_ network: Graph, _ format: InputFormat, threads: Int) throws {
    graph = network
    plan = try InferencePlan(network)
    (self.format, self.threads) = (format, threads)
  }

  /// Pictures changed one by one, on as many threads.
  func mapped(_ pictures: [Picture], _ change: @escaping @Sendable (Picture) -> Picture) throws -> [Picture] {
    let parts = min(threads, pictures.count)
    let jobs = (0..<parts).map { part in
      ComputeThread().submit {
        pictures[(pictures.count * part / parts)..<(pictures.count * (part + 1) / parts)].map(change)
      }
    }
    return try jobs.flatMap { try $0.wait() }
  }

  /// A row of probabilities for each picture of the input's size.
  func probabilities(of pictures: [Picture]) throws -> [[Double]] {
    let starts = LockBox(Array(stride(from: 0, to: pictures.count, by: Self.batch))[...])
    let rows = LockBox([[Double]](repeating: [], count: pictures.count))
    let jobs = (0..<threads).map { _ in
      ComputeThread().submit { [plan, format] in
        let worker = try InferenceWorker(plan)
        while let start = starts.withLock({ $0.popFirst() }) {
          let some = pictures[start..<min(start + Self.batch, pictures.count)]
          let logits = try worker.run([plan.inputs[0].name: format.planes(some)])[0]
          let classes = logits.count / some.count
          for place in some.indices {
            let row = logits.scalars[((place - start) * classes)..<((place - start + 1) * classes)].map(Double.init)
            let largest = row.max() ?? 0
            let exponentials = row.map { exp($0 - largest) }
            let sum = exponentials.reduce(0, +)
            rows.withLock { $0[place] = exponentials.map { $0 / sum } }
          }
        }
      }
    }
    // All are waited for, even if one fails.
    for result in jobs.map({ job in Result { try job.wait() } }) { try result.get() }
    return rows.withLock { $0 }
  }
}

extension InputFormat {
  /// Pictures of the input's size as a batch [N,3,height,width].
  fileprivate func planes(_ pictures: ArraySlice<Picture>) -> Tensor {
    let area = width * height
    var scalars: [Float] = []
    scalars.reserveCapacity(pictures.count * 3 * area)
    for picture in pictures {
      for channel in 0..<3 {
        let (mean, deviation) = (mean[channel], std[channel])
        for place in 0..<area { scalars.append((Float(picture.pixels[3 * place + channel]) - mean) / deviation) }
      }
    }
    return Tensor(shape: [pictures.count, 3, height, width], scalars: scalars)
  }
}
