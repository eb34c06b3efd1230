internal import Glibc

/// Whole files in and out. Only regular ones: a pipe or a device may have no end, and must not be replaced.
public enum FileAccess {
  /// The bytes of a file; its size is checked before memory is taken.
  ///
  /// - Throws: ``FileError``, also if it has more bytes than `limit`.
  public static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let file = try OpenFile(path)
    guard file.size <= limit else { throw .tooLarge(size: file.size, limit: limit) }
    return try file.read(at: 0, count: file.size)
  }

  /// Puts a file with these bytes at `path`, whole or not at all, and on disk when this returns.
  ///
  /// It is written beside its place, synced, then renamed: a reader sees the old bytes or the new, never a part.
  /// - Parameter mode: who may do what with it, less what the process's umask takes away.
  /// - Throws: ``FileError``; then what was there before is there still, unless it is the last step, syncing the folder,
  ///   that failed.
  public static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o644) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0, !status.isRegularFile { throw .notRegular }
    let temporary = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).partial"
    let descriptor = retrying { open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) }
    guard descriptor >= 0 else { throw failure("open") }
    do throws(FileError) {
      try writeAndSync(bytes, to: descriptor)
      guard rename(temporary, path) == 0 else { throw failure("rename") }
    } catch {
      unlink(temporary)
      throw error
    }
    try syncDirectory(of: path)
  }

  /// Renames a file, folder or link, and returns when that is on disk. A file or link in the way is replaced.
  ///
  /// - Throws: ``FileError``; then everything is where it was, unless it is the last step, syncing the folder, that failed.
  public static func move(_ path: String, to destination: String) throws(FileError) {
    guard rename(path, destination) == 0 else { throw failure("rename") }
    try syncDirectory(of: destination)
  }

  private static func writeAndSync(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
    var written = 0
    var fault: FileError?
    bytes.withUnsafeBytes { buffer in
      while written < buffer.count {
        let count = retrying { Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written) }
        guard count >= 0 else {
          fault = failure("write")
          return
        }
        written += count
      }
    }
    if fault == nil, fsync(descriptor) != 0 { fault = failure("fsync") }
    // Closing can report a late write error (a full disk on NFS).
    if close(descriptor) != 0, fault == nil { fault = failure("close") }
    if let fault { throw fault }
  }

  /// Makes durable that there is something at `path`, or something else than before: a new name is on disk once its
  /// directory is.
  public static func syncDirectory(of path: String) throws(FileError) {
    let slash = path.dropLast().lastIndex(of: "/")
    let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = retrying { open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw failure("open") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("fsync") }
  }

  private static func failure(_ call: String, _ code: Int32 = errno) -> FileError { .failed(call: call, code: code) }
}
