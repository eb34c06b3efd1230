internal import Glibc

/// A file system of its own of a few pages, where a test may fill a disk.
public final class TinyDisk: Sendable {
  private let path: String

  /// Mounts one at an empty folder.
  ///
  /// - Returns: nil where the process may not mount anything.
  public init?(at path: String, bytes: Int) {
    guard mount("none", path, "tmpfs", 0, "size=\(bytes)") == 0 else { return nil }
    self.path = path
  }

  deinit { umount2(path, Int32(MNT_DETACH)) }

  /// Takes all the room that is left.
  public func fill() {
    let descriptor = open(path + "/filling", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(descriptor) }
    for size in [64 << 10, 4096, 1] {
      let bytes = [UInt8](repeating: 0, count: size)
      while write(descriptor, bytes, size) == size {}
    }
  }

  /// Gives it back.
  public func empty() { unlink(path + "/filling") }

  /// From now on, nothing can be written.
  public func makeReadOnly() -> Bool { mount("none", path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil) == 0 }
}
