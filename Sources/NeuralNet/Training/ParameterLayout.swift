/// Where each trained parameter lies in one flat array of float32, row-major, each on a cache line's boundary.
///
/// The gaps hold zeros and stay zero under every optimiser, so that whole ranges can be computed with at once.
struct ParameterLayout: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    let name: String
    let shape: [Int]
    /// In values from the start.
    let offset: Int
    var range: Range<Int> { offset..<offset + shape.product }
  }

  /// Values in a cache line.
  static let granularity = 16
  let entries: [Entry]
  /// In values, gaps included.
  let count: Int

  init(_ parameters: [(name: String, shape: [Int])]) {
    var entries: [Entry] = []
    var offset = 0
    for (name, shape) in parameters {
      entries.append(Entry(name: name, shape: shape, offset: offset))
      offset += (shape.product + Self.granularity - 1) / Self.granularity * Self.granularity
    }
    self.entries = entries
    count = offset
  }

  /// `count` ranges of about equal size, each beginning on a cache line.
  func parts(_ parts: Int) -> [Range<Int>] {
    let lines = count / Self.granularity
    let bounds = (0...parts).map { lines * $0 / parts * Self.granularity }
    return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
  }
}

/// Memory for one value of each trained parameter: the weights themselves, their gradients, an optimiser's moments.
///
/// Sendable unchecked: who may write when is up to the owner.
final class ParameterBuffer: @unchecked Sendable {
  let layout: ParameterLayout
  private let storage: Storage

  /// Zeros.
  init(_ layout: ParameterLayout) throws(OneDNNError) {
    self.layout = layout
    storage = try Storage(size: layout.count * MemoryLayout<Float>.size)
    values.initialize(repeating: 0)
  }

  var values: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: storage.base.assumingMemoryBound(to: Float.self), count: layout.count)
  }

  func address(of entry: ParameterLayout.Entry) -> UnsafeMutablePointer<Float> {
    storage.base.assumingMemoryBound(to: Float.self) + entry.offset
  }

  /// A copy of one parameter's value.
  func tensor(_ entry: ParameterLayout.Entry) -> Tensor {
    Tensor(shape: entry.shape, scalars: [Float](values[entry.range]))
  }

  func set(_ entry: ParameterLayout.Entry, to tensor: Tensor) {
    precondition(tensor.shape == entry.shape, "'\(entry.name)' has the shape \(entry.shape), not \(tensor.shape)")
    tensor.scalars.withUnsafeBufferPointer { address(of: entry).update(from: $0.baseAddress!, count: $0.count) }
  }
}
