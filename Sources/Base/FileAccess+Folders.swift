internal import Glibc

extension FileAccess {
  /// A name in a folder.
  public struct FolderEntry: Sendable, Hashable {
    /// The last part of its path.
    public let name: String
    /// Whether it is a folder, or a link to one.
    public let isFolder: Bool

    /// An entry from its parts.
    public init(name: String, isFolder: Bool) {
      self.name = name
      self.isFolder = isFolder
    }
  }

  /// What is in a folder, sorted by name, without `.` and `..`. Links count as what they lead to.
  ///
  /// - Throws: ``FileError``, also for a name that is not UTF-8 (EILSEQ).
  public static func entries(of folder: String) throws(FileError) -> [FolderEntry] {
    guard let directory = opendir(folder) else { throw .failed(call: "opendir", code: errno) }
    defer { closedir(directory) }
    var entries: [FolderEntry] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else { break }
      // The record is shorter than its Swift type, so only the name's address is taken.
      let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
      guard let name = String(validatingCString: start.assumingMemoryBound(to: CChar.self)) else {
        throw .failed(call: "readdir", code: EILSEQ)
      }
      guard name != ".", name != ".." else { continue }
      var status = stat()
      // A link that leads nowhere is no folder; what it is shows when it is read.
      let isFolder = fstatat(dirfd(directory), name, &status, 0) == 0 && status.st_mode & S_IFMT == S_IFDIR
      entries.append(FolderEntry(name: name, isFolder: isFolder))
    }
    guard errno == 0 else { throw .failed(call: "readdir", code: errno) }
    return entries.sorted { $0.name < $1.name }
  }

  /// Whether there is a folder at `path`; false for anything else.
  ///
  /// - Throws: ``FileError`` if there is nothing.
  public static func isFolder(_ path: String) throws(FileError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .failed(call: "stat", code: errno) }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a folder and those above it, where they are not there yet.
  ///
  /// - Parameter mode: who may do what with it, less what the process's umask takes away; those above it are everybody's.
  /// - Throws: ``FileError``, also if there is something else in one's place (ENOTDIR).
  public static func makeFolder(_ path: String, mode: UInt32 = 0o777) throws(FileError) {
    func make() -> Int32 { mkdir(path, mode) == 0 ? 0 : errno }
    var code = make()
    if code == ENOENT, let slash = path.dropLast().lastIndex(of: "/"), slash > path.startIndex {
      try makeFolder(String(path[..<slash]))
      code = make()
    }
    if code == 0 { return }
    // It was there, or another process was faster.
    guard code == EEXIST else { throw .failed(call: "mkdir", code: code) }
    guard try isFolder(path) else { throw .failed(call: "mkdir", code: ENOTDIR) }
  }
}
