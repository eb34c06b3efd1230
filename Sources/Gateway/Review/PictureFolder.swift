internal import Base
internal import Glibc

/// The folder of kept pictures: files named by the SHA-256 of their bytes, for nobody but the gateway.
struct PictureFolder: Sendable {
  let path: String

  /// Puts a file in, whole or not at all. The folder is made if it is not there.
  func write(_ bytes: [UInt8], digest: String) throws(FileError) {
    try FileAccess.makeFolder(path, mode: 0o700)
    try FileAccess.replace(place(digest), with: bytes, mode: 0o600)
  }

  /// Whether a file is there.
  func contains(_ digest: String) -> Bool { access(place(digest), F_OK) == 0 }

  /// A file's bytes.
  func read(_ digest: String) throws(FileError) -> [UInt8] {
    try FileAccess.read(place(digest), limit: Self.largest)
  }

  /// Takes a file out, if it is there.
  func remove(_ digest: String) throws(FileError) {
    guard unlink(place(digest)) == 0 || errno == ENOENT else { throw .failed(call: "unlink", code: errno) }
  }

  /// Gives a file another name elsewhere on the same file system, which stays when the file is taken out here.
  ///
  /// - Returns: whether it was there.
  func link(_ digest: String, to destination: String) throws(FileError) -> Bool {
    if Glibc.link(place(digest), destination) == 0 { return true }
    guard errno == ENOENT, !contains(digest) else { throw .failed(call: "link", code: errno) }
    return false
  }

  /// The digests of the files that are there, and what a process that died has left of others.
  func contents() throws(FileError) -> (digests: Set<String>, leftovers: [String]) {
    try FileAccess.makeFolder(path, mode: 0o700)
    var (digests, leftovers): (Set<String>, [String]) = ([], [])
    for entry in try FileAccess.entries(of: path) where !entry.isFolder {
      if Self.isDigest(entry.name) {
        digests.insert(entry.name)
      } else if entry.name.hasSuffix(".partial"), Self.isDigest(String(entry.name.prefix(64))) {
        leftovers.append(entry.name)
      }
    }
    return (digests, leftovers)
  }

  /// Takes away what is left of a file that was not finished.
  func removeLeftover(_ name: String) { unlink("\(path)/\(name)") }

  /// Bytes of the largest file that there can be: more are never asked for to be kept.
  private static let largest = 1 << 30

  private func place(_ digest: String) -> String { "\(path)/\(digest)" }

  /// Whether it is a SHA-256 as it is written here. What is none is never made a part of a path.
  static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
