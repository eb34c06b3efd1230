internal import Glibc

/// The file of the program that runs.
public enum OwnProgram {
  private static let link = "/proc/self/exe"

  /// A path that leads to the very program that runs now, also from a child process that is about to become it.
  ///
  /// Its name, unless another file was put there since, as an upgrade does; then the kernel's link, by which people see
  /// no name, but the right program runs.
  public static var path: String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes {
      readlink(link, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    guard count > 0, let path = String(validating: buffer[..<count], as: UTF8.self) else { return link }
    var (named, running) = (stat(), stat())
    guard stat(path, &named) == 0, stat(link, &running) == 0 else { return link }
    return named.st_dev == running.st_dev && named.st_ino == running.st_ino ? path : link
  }

  /// Becomes another program; returns only if that fails.
  ///
  /// - Parameter arguments: from the name on.
  /// - Returns: the error's number.
  static func become(_ path: String, _ arguments: [String]) -> Int32 {
    var pointers = arguments.map { strdup($0) }
    pointers.append(nil)
    execv(path, pointers)
    let code = errno
    for pointer in pointers { free(pointer) }
    return code
  }
}
