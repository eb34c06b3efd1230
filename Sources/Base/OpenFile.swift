internal import Glibc

/// A file that is open for reading. Only a regular one: a pipe or a device may have no end.
///
/// It has no position, so threads can share one.
public final class OpenFile: Sendable {
  /// How many bytes it had when it was opened.
  public let size: Int
  private let descriptor: Int32

  /// Opens the file at `path`.
  public init(_ path: String) throws(FileError) {
    let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw .failed(call: "open", code: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw .failed(call: "fstat", code: code)
    }
    guard status.isRegularFile else {
      close(descriptor)
      throw .notRegular
    }
    size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The `count` bytes from `offset` on, or as many as there are.
  ///
  /// - Throws: ``FileError``, ``FileError/shrank`` where the file has less than it had when it was opened.
  public func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    guard offset >= 0, count > 0, offset < size else { return [] }
    let wanted = min(count, size - offset)
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let got = retrying { pread(descriptor, buffer.baseAddress! + filled, wanted - filled, off_t(offset + filled)) }
        guard got > 0 else {
          code = got < 0 ? errno : 0
          return
        }
        filled += got
      }
    }
    guard code == 0 else { throw .failed(call: "read", code: code) }
    guard bytes.count == wanted else { throw .shrank }
    return bytes
  }
}

/// Calls again what a signal has interrupted.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

extension stat {
  var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
}
