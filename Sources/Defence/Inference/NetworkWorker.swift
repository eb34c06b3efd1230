internal import Glibc
internal import Images
internal import NeuralNet

/// Runs one network on any number of pictures, on one thread at a time.
final class NetworkWorker {
  private let worker: InferenceWorker
  private let name: String
  private let input: InputFormat

  /// The most images of one run. Larger batches are no faster an image, and need more memory.
  private static let largestBatch = 32

  /// - Parameters:
  ///   - name: what errors call the network.
  ///   - arena: shared with other networks that run at other times on the same thread.
  init(_ plan: InferencePlan, name: String, input: InputFormat, arena: InferenceArena? = nil) throws {
    worker = try InferenceWorker(plan, threads: 1, arena: arena)
    self.name = name
    self.input = input
  }

  /// The softmax of the network's logits, a row for each picture of the input's size.
  ///
  /// - Throws: as ``probabilities(of:)-(Array<Array<Float>>)``.
  func probabilities(of pictures: [Picture]) throws -> [[Double]] {
    try probabilities(of: pictures.map(input.values))
  }

  /// The softmax of the network's logits, a row for each image, as ``InputFormat/values(_:)`` makes them.
  ///
  /// Runs have a power of two of images, so that there are few shapes to compile for.
  /// - Throws: ``DefenceError/network(name:_:)`` for a logit that is not finite: nothing could be concluded from it.
  func probabilities(of images: [[Float]]) throws -> [[Double]] {
    var rows: [[Double]] = []
    rows.reserveCapacity(images.count)
    var rest = images[...]
    while !rest.isEmpty {
      let size = min(Self.largestBatch, 1 << (Int.bitWidth - 1 - rest.count.leadingZeroBitCount))
      let logits = try worker.run(input.tensor(rest.prefix(size)))[0]
      guard logits.scalars.allSatisfy(\.isFinite) else {
        throw DefenceError.network(name: name, "it answers a picture with a number that is not finite")
      }
      let classes = logits.count / size
      for row in 0..<size { rows.append(softmax(logits.scalars[(row * classes)..<((row + 1) * classes)])) }
      rest = rest.dropFirst(size)
    }
    return rows
  }
}

/// In double precision, so that the probabilities add up to 1 in all digits that are shown.
func softmax(_ logits: some Collection<Float>) -> [Double] {
  let largest = Double(logits.max() ?? 0)
  let exponentials = logits.map { exp(Double($0) - largest) }
  let sum = exponentials.reduce(0, +)
  return exponentials.map { $0 / sum }
}

extension Collection<Double> {
  /// The place of the largest value, the first of several.
  var indexOfLargest: Int {
    var (best, largest) = (0, -Double.infinity)
    for (index, value) in enumerated() where value > largest { (best, largest) = (index, value) }
    return best
  }
}
