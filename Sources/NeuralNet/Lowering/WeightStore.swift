internal import Base

/// How a parameter's row-major values are read: a convolution sees its groups as an axis, a product its transpose.
struct WeightView: Hashable {
  let shape: [Int]
  /// In values.
  let strides: [Int]

  init(_ shape: [Int], strides: [Int]? = nil) {
    self.shape = shape
    self.strides = strides ?? shape.rowMajorStrides
  }
}

/// Weights in the layouts that primitives want: each packed once, shared by every program and worker.
///
/// Once a weight is packed its plain copy is let go; a further layout is made from the packed one.
final class WeightStore: Sendable {
  private struct Entry {
    var plain: Tensor?
    var packed: [(view: WeightView, layout: Layout, storage: Storage)] = []
  }

  private struct State {
    var entries: [String: Entry]
    var pool: StoragePool
  }

  private let state: LockBox<State>
  /// The shapes of all parameters.
  let shapes: [String: [Int]]

  init(_ parameters: [String: Tensor]) {
    shapes = parameters.mapValues(\.shape)
    // Blocks of channels are filled up with zeros, hence somewhat more than the weights themselves.
    let bytes = parameters.values.reduce(0) { $0 + $1.count * MemoryLayout<Float>.size } / 8 * 9
    state = LockBox(State(entries: parameters.mapValues { Entry(plain: $0) }, pool: StoragePool(expected: bytes)))
  }

  /// The only value of a parameter that has just one, nil for larger ones.
  func scalar(_ name: String) -> Float? {
    state.withLock { state in
      guard let plain = state.entries[name]?.plain, plain.count == 1 else { return nil }
      return plain.scalars[0]
    }
  }

  /// The parameter, read as `view` says, in `layout`.
  func packed(_ name: String, _ view: WeightView, as layout: Layout) throws(OneDNNError) -> Storage {
    try state.withLock { (state) throws(OneDNNError) -> Storage in
      guard var entry = state.entries[name] else { preconditionFailure("no parameter '\(name)'") }
      if let known = entry.packed.first(where: { $0.view == view && $0.layout == layout }) { return known.storage }
      let storage = try state.pool.allocate(layout.size)
      let source = try Layout.strided(view.shape, view.strides)
      if let tensor = entry.plain {
        try tensor.scalars.withUnsafeBufferPointer { (scalars) throws(OneDNNError) in
          // Only read: the reorder's source.
          try Reorder.run(source, UnsafeMutableRawPointer(mutating: scalars.baseAddress!), layout, storage.base)
        }
        if tensor.count > 1 { entry.plain = nil }
      } else {
        let known = entry.packed[0]
        let plain = try Storage(size: view.shape.product * MemoryLayout<Float>.size)
        try Reorder.run(
          known.layout, known.storage.base, try .strided(known.view.shape, known.view.strides), plain.base)
        try Reorder.run(source, plain.base, layout, storage.base)
      }
      entry.packed.append((view, layout, storage))
      state.entries[name] = entry
      return storage
    }
  }
}
