internal import CLinux

/// glibc's memory allocator, as it suits a process that takes and gives back whole networks.
enum Allocator {
  /// From so many bytes on a block is the system's own, and goes back to it when it is freed.
  private static let ownBlock: Int32 = 4 << 20
  /// So much that is free at a heap's end is kept, to be taken again.
  private static let kept: Int32 = 32 << 20

  /// To be called before there are threads.
  ///
  /// Left to itself, glibc raises the first to as much as 32 MiB when large blocks are freed (mallopt(3)), and the networks
  /// of later versions end up among smaller blocks, where they leave holes: each swap then costs some memory for good. What
  /// requests take is smaller, and must not go back to the system each time.
  static func prepare() {
    mallopt(M_MMAP_THRESHOLD, ownBlock)
    mallopt(M_TRIM_THRESHOLD, kept)
  }
}
