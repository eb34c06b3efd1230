internal import COneDNN

/// How values are stored while a plan runs.
public enum Precision: String, Sendable, Hashable, CaseIterable {
  /// IEEE 754 single precision.
  case float32
  /// The upper half of a single: eight bits of exponent, seven of fraction. Sums are still kept in single precision.
  case bfloat16

  var handle: dnnl_data_type_t {
    switch self {
    case .float32: dnnl_f32
    case .bfloat16: dnnl_bf16
    }
  }
}

/// Shape, type and memory layout of an array: oneDNN's memory descriptor.
///
/// Immutable, so sharing it among threads is sound.
final class Layout: @unchecked Sendable {
  let handle: UnsafeMutablePointer<onednn_layout>

  private init(owning handle: UnsafeMutablePointer<onednn_layout>) { self.handle = handle }

  deinit { onednn_layout_destroy(handle) }

  typealias Create = (UnsafeMutablePointer<UnsafeMutablePointer<onednn_layout>?>) -> dnnl_status_t

  convenience init(_ call: String, _ create: Create) throws(OneDNNError) {
    var handle: UnsafeMutablePointer<onednn_layout>?
    try OneDNNError.check(create(&handle), call)
    self.init(owning: handle!)
  }

  /// Row-major.
  static func plain(_ shape: [Int], _ precision: Precision = .float32) throws(OneDNNError) -> Layout {
    try strided(shape, shape.rowMajorStrides, precision)
  }

  /// With a stride for each axis, in values.
  static func strided(_ shape: [Int], _ strides: [Int], _ precision: Precision = .float32) throws(OneDNNError)
    -> Layout
  {
    // oneDNN has no arrays without axes.
    let dims = shape.isEmpty ? [1] : shape.map(Int64.init)
    let steps = shape.isEmpty ? [1] : strides.map(Int64.init)
    return try Layout("memory_desc_init_by_strides \(shape)") {
      onednn_layout_create($0, Int32(dims.count), dims, precision.handle, steps)
    }
  }

  /// For the primitive to choose.
  static func any(_ shape: [Int], _ precision: Precision) throws(OneDNNError) -> Layout {
    let dims = shape.map(Int64.init)
    return try Layout("memory_desc_init_by_tag \(shape)") {
      onednn_layout_create($0, Int32(dims.count), dims, precision.handle, nil)
    }
  }

  static func tagged(_ shape: [Int], _ tag: dnnl_format_tag_t, _ precision: Precision) throws(OneDNNError) -> Layout {
    let dims = shape.map(Int64.init)
    return try Layout("memory_desc_init_by_tag \(shape)") {
      onednn_layout_create_tagged($0, Int32(dims.count), dims, precision.handle, tag)
    }
  }

  /// The layout of an array of another shape that is ordered and blocked as this image array [N,C,H,W] is, or nil where
  /// this one is in none of the orders that oneDNN's compiled binary primitives know.
  func counterpart(_ shape: [Int]) -> Layout? {
    let own = self.shape
    guard own.count == 4, shape.count == 4 else { return nil }
    for tag in [dnnl_nhwc, dnnl_nChw16c, dnnl_nchw] {
      guard let candidate = try? Layout.tagged(own, tag, precision), candidate == self else { continue }
      return try? Layout.tagged(shape, tag, precision)
    }
    return nil
  }

  /// The part of this array at `offsets`; it shares the memory.
  func part(_ shape: [Int], at offsets: [Int]) throws(OneDNNError) -> Layout {
    try Layout("memory_desc_init_submemory \(shape) at \(offsets)") {
      onednn_layout_part($0, handle, shape.map(Int64.init), offsets.map(Int64.init))
    }
  }

  func retyped(_ precision: Precision) -> Layout { Layout(owning: onednn_layout_retyped(handle, precision.handle)) }

  var shape: [Int] { (0..<onednn_layout_rank(handle)).map { Int(onednn_layout_extent(handle, $0)) } }
  var precision: Precision { onednn_layout_type(handle) == dnnl_bf16 ? .bfloat16 : .float32 }
  /// In bytes, padding included.
  var size: Int { onednn_layout_size(handle) }
}

extension Layout: Equatable {
  static func == (a: Layout, b: Layout) -> Bool { a === b || onednn_layout_equal(a.handle, b.handle) != 0 }
}
