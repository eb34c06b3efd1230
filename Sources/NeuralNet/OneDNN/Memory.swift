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
  /// Whose bytes these are, where they are a part of others.
  private let whole: Storage?

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
    whole = nil
  }

  /// A part of other bytes, which it keeps alive.
  init(_ whole: Storage, from offset: Int, size: Int) {
    precondition(offset + size <= whole.size, "a part must lie within the whole")
    base = whole.base + offset
    self.size = size
    self.whole = whole
  }

  deinit { if whole == nil { free(base) } }

  /// Gives free memory back to the system: after an import and a packing, several copies of the weights are free.
  static func releaseFree() { malloc_trim(0) }
}

/// Hands out memory from one large piece, for many arrays that live equally long.
struct StoragePool {
  private let pieceSize: Int
  private var piece: Storage?
  private var used = 0

  /// - Parameter expected: about how many bytes will be asked for; a piece takes no more RAM than is written to it.
  init(expected: Int) { pieceSize = max(expected, 1 << 16) }

  /// - Throws: ``OneDNNError`` when memory is short.
  mutating func allocate(_ size: Int) throws(OneDNNError) -> Storage {
    let rounded = (max(size, 1) + Storage.alignment - 1) / Storage.alignment * Storage.alignment
    if piece == nil || used + rounded > piece!.size {
      piece = try Storage(size: max(pieceSize, rounded))
      used = 0
    }
    defer { used += rounded }
    return Storage(piece!, from: used, size: rounded)
  }
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
