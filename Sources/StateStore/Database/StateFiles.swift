internal import Base
internal import Glibc

/// The state's folder and file, before SQLite sees them: nobody but their owner may read them.
enum StateFiles {
  /// Makes a folder with mode 0700, and those above it as they are usually made, where they are not there yet.
  static func makeFolder(_ folder: String) throws(StateError) {
    do throws(FileError) {
      try FileAccess.makeFolder(folder, mode: 0o700)
      try FileAccess.syncDirectory(of: folder)
    } catch {
      throw StateError(error, path: folder)
    }
  }

  /// Makes an empty file with mode 0600; SQLite takes it for a new database and gives its other files the same mode. One
  /// that is there already gets that mode.
  static func makeFile(_ path: String) throws(StateError) {
    do throws(FileError) {
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if descriptor >= 0 {
        close(descriptor)
        return try FileAccess.syncDirectory(of: path)
      }
      guard errno == EEXIST else { throw .failed(call: "open", code: errno) }
      // Not opened again: the close would take the locks away that SQLite may hold on it in this process (fcntl(2)).
      var status = stat()
      guard stat(path, &status) == 0 else { throw .failed(call: "stat", code: errno) }
      guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
      guard status.st_mode & 0o077 != 0 else { return }
      guard chmod(path, 0o600) == 0 else { throw .failed(call: "chmod", code: errno) }
    } catch {
      throw StateError(error, path: path)
    }
  }
}

extension StateError {
  /// What a file's error means for the state.
  init(_ error: FileError, path: String) {
    switch error {
    case .failed(_, ENOSPC), .failed(_, EDQUOT): self = .full(path: path)
    default: self = .unusable(path: path, reason: error.description)
    }
  }
}
