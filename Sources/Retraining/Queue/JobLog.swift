internal import Base
internal import Glibc

/// What a job's child processes have said, and what was done about it: a file, and its last lines in memory.
///
/// The file is a help, not a record: where it cannot be written, its lines are in memory alone.
struct JobLog {
  /// How many lines are kept in memory.
  static let lines = 50
  /// How many bytes the file and the one before it may have together.
  static let limit = 1 << 20

  /// The last lines.
  private(set) var tail: [String]
  private let path: String

  /// The log at `path`, which need not be there yet.
  init(_ path: String) {
    self.path = path
    tail = Self.tail(of: path)
  }

  /// Adds a line. At half the limit the file becomes the one before, `log.old`, and another begins.
  mutating func add(_ line: String) {
    tail.append(line)
    if tail.count > Self.lines { tail.removeFirst() }
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    let text = "\(line)\n"
    _ = write(descriptor, text, text.utf8.count)
    let size = lseek(descriptor, 0, SEEK_END)
    close(descriptor)
    if size >= Self.limit / 2 { rename(path, "\(path).old") }
  }

  /// A log's last lines; of one that is at its beginning, the last of the one before.
  static func tail(of path: String) -> [String] {
    let current = end(of: path)
    guard current.count < lines else { return current }
    return (end(of: "\(path).old") + current).suffix(lines)
  }

  private static func end(of path: String) -> [String] {
    guard let file = try? OpenFile(path) else { return [] }
    let start = max(0, file.size - limit / 8)
    guard let bytes = try? file.read(at: start, count: limit / 8) else { return [] }
    let found = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    // The first may have been cut.
    return (start > 0 ? found.dropFirst() : found[...]).suffix(lines)
  }
}
