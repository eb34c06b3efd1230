internal import Base
internal import Glibc

/// The state's folder and file, before SQLite sees them: nobody but their owner may read them.
enum StateFiles {
  /// Makes a folder with mode 0700, and those above it as they are usually made, where they are not there yet.
  static func makeFolder(_ folder: String) throws(StateError) {
    if let slash = folder.dropLast().lastIndex(of: "/"), slash > folder.startIndex {
      do {
        try FileAccess.makeFolder(String(folder[..<slash]))
      } catch {
        throw .unusable(path: folder, reason: "\(error)")
      }
    }
    if mkdir(folder, 0o700) == 0 { return try sync(parentOf: folder) }
    let code = errno
    var status = stat()
    guard code == EEXIST, stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw failure("mkdir", code == EEXIST ? ENOTDIR : code, folder)
    }
  }

  /// Makes an empty file with mode 0600; SQLite takes it for a new database and gives its other files the same mode. One
  /// that is there already gets that mode.
  static func makeFile(_ path: String) throws(StateError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      close(descriptor)
      return try sync(parentOf: path)
    }
    guard errno == EEXIST else { throw failure("open", errno, path) }
    // Not opened again: the close would take the locks away that SQLite may hold on it in this process (fcntl(2)).
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure("stat", errno, path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unusable(path: path, reason: "it is not a regular file")
    }
    guard status.st_mode & 0o077 != 0 else { return }
    guard chmod(path, 0o600) == 0 else { throw failure("chmod", errno, path) }
  }

  /// A new name is only durable once its folder is.
  private static func sync(parentOf path: String) throws(StateError) {
    let slash = path.dropLast().lastIndex(of: "/")
    let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", errno, parent) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("fsync", errno, parent) }
  }

  private static func failure(_ call: String, _ code: Int32, _ path: String) -> StateError {
    code == ENOSPC || code == EDQUOT
      ? .full(path: path) : .unusable(path: path, reason: "\(FileError.failed(call: call, code: code))")
  }
}
