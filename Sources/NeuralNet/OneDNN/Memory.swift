internal import COneDNN
internal import Glibc

/// Bytes of our own, on a cache line's boundary.
///
/// Sendable unchecked: the owner decides who writes when.
final class Storage: @unchecked Sendable {
  static let alignment = 64
  /// From this size on, memory begins on the boundary of a huge page, and the kernel is asked to use such pages:
  /// feature maps are streamed through, and with small pages a good part of the time goes into looking up addresses.
  private static let hugePage = 2 << 20
  let base: UnsafeMutableRawPointer
  let size: Int

  /// - Throws: ``OneDNNError`` when memory is short.
  init(size: Int) throws(OneDNNError) {
    var pointer: UnsafeMutableRawPointer?
    let alignment = size >= Self.hugePage ? Self.hugePage : Self.alignment
    let rounded = (max(size, 1) + alignment - 1) / alignment * alignment
    guard posix_memalign(&pointer, alignment, rounded) == 0, let pointer else {
      throw OneDNNError("allocation of \(size) bytes", dnnl_out_of_memory)
    }
    // Advice only: where the kernel has no huge pages to give, nothing is lost.
    if alignment == Self.hugePage { _ = madvise(pointer, rounded, MADV_HUGEPAGE) }
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
