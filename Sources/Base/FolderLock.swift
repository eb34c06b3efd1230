internal import Glibc

/// A folder that only one process at a time works in, by an advisory lock (flock(2)) on a file in it. It ends with the
/// process, however that ends.
public final class FolderLock {
  private let descriptor: Int32

  /// Takes the lock without waiting.
  ///
  /// - Returns: nil if another process has it.
  /// - Throws: ``FileError`` if the file cannot be made.
  public static func take(_ folder: String) throws(FileError) -> FolderLock? {
    let descriptor = open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .failed(call: "open", code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      throw .failed(call: "flock", code: code)
    }
    return FolderLock(descriptor)
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
