internal import Glibc

/// Paths that come with requests, which may only lead to what is below a folder that is allowed.
public enum DataPath {
  /// What is allowed to be at a path.
  public enum Kind: Sendable {
    /// A folder or a file.
    case folderOrFile
    /// A file.
    case file
  }

  /// Where a path leads: the real path, without links, of something below one of the roots, or of a root itself.
  ///
  /// - Parameters:
  ///   - path: absolute, or from one of the roots on; the first where there is something counts.
  ///   - roots: the folders that are allowed.
  /// - Throws: ``RetrainingError/pathNotAllowed(path:reason:)`` for one that leads out of the roots, by `..`, by links or
  ///   by itself; ``RetrainingError/unusableData(reason:)`` for one that leads to nothing, or to nothing of the kind.
  public static func resolve(
    _ path: String, roots: [String], kind: Kind = .folderOrFile
  ) throws(RetrainingError) -> String {
    func refusal(_ reason: String) -> RetrainingError { .pathNotAllowed(path: path, reason: reason) }
    guard !roots.isEmpty else { throw refusal("no folder is allowed; retraining.data names those that are") }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard !path.isEmpty, !path.utf8.contains(0), path.utf8.count < Int(PATH_MAX) else { throw refusal("it is no path") }
    guard !parts.contains("..") else { throw refusal("it has '..' in it; name the place itself") }
    let candidates: [String]
    if path.hasPrefix("/") {
      // Before the disk is asked: what there is elsewhere is nobody's business.
      guard roots.contains(where: { isBelow(path, $0) || isBelow(path, realPath($0)) }) else {
        throw refusal("it is outside of the allowed folders: \(roots.joined(separator: ", "))")
      }
      candidates = [path]
    } else {
      candidates = roots.map { "\($0)/\(path)" }
    }
    for candidate in candidates {
      guard let real = realPath(candidate) else { continue }
      guard roots.contains(where: { isBelow(real, realPath($0)) }) else {
        throw refusal("it is a link out of the allowed folders, or behind one")
      }
      return try checked(real, named: path, kind: kind)
    }
    throw .unusableData(reason: "there is no '\(path)' in the allowed folders, or it cannot be read")
  }

  private static func checked(_ real: String, named path: String, kind: Kind) throws(RetrainingError) -> String {
    var status = stat()
    guard stat(real, &status) == 0 else {
      throw .unusableData(reason: "'\(path)' cannot be read: \(String(cString: strerror(errno)))")
    }
    switch (status.st_mode & S_IFMT, kind) {
    case (S_IFREG, _), (S_IFDIR, .folderOrFile): return real
    case (_, .file): throw .unusableData(reason: "'\(path)' is no file")
    case (_, .folderOrFile): throw .unusableData(reason: "'\(path)' is neither a folder nor a file")
    }
  }

  /// Whether a path is another, or below it; neither has links.
  private static func isBelow(_ path: String, _ root: String?) -> Bool {
    guard var root else { return false }
    while root.hasSuffix("/") { root.removeLast() }
    return path == root || path.hasPrefix("\(root)/")
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(validatingCString: resolved)
  }
}
