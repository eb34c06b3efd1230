internal import COneDNN
internal import Glibc

/// Bytes of our own, on a cache line's boundary.
///
/// Sendable unchecked: the owner decides who writes when.
final class Storage: @unchecked Sendable {
  static let alignment = 64
  let base: UnsafeMutableRawPointer
  let size: Int

  /// - Throws: ``OneDNNError`` when memory is short.
  init(size: Int) throws(OneDNNError) {
    var pointer: UnsafeMutableRawPointer?
    let rounded = (max(size, 1) + Self.alignment - 1) / Self.alignment * Self.alignment
    guard posix_memalign(&pointer, Self.alignment, rounded) == 0, let pointer else {
      throw OneDNNError("allocation of \(size) bytes", dnnl_out_of_memory)
    }
    base = pointer
    self.size = size
  }

  deinit { free(base) }
}

/// A layout bound to an address: what a primitive is given as an argument.
final class Memory {
  let handle: dnnl_memory_t

  init(_ layout: Layout, at address: UnsafeMutableRawPointer) throws(OneDNNError) {
    var memory: dnnl_memory_t?
    try OneDNNError.check(onednn_memory_create(&memory, layout.handle, Engine.cpu, address), "memory")
    handle = memory!
  }

  deinit { dnnl_memory_destroy(handle) }

  func move(to address: UnsafeMutableRawPointer) throws(OneDNNError) {
    try OneDNNError.check(dnnl_memory_set_data_handle(handle, address), "memory_set_data_handle")
  }
}
