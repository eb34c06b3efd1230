internal import Base
internal import Glibc

/// A descriptor that lines are written to, each whole or, if the other end fails, not at all or cut off.
///
/// Sendable unchecked: it is only used on its output's queue.
final class LogSink: @unchecked Sendable {
  /// How long a full pipe is waited for before its lines are dropped.
  private static let patience: Int32 = 1000

  private let path: String?
  private var descriptor: Int32
  private let isOwned: Bool
  /// Whether the last line was cut off, so that the next must begin a new one.
  private var isTorn = false

  init(_ destination: LogOutput.Destination) throws(FileError) {
    Self.ignoreClosedPipes()
    switch destination {
    case .standardError: (path, descriptor, isOwned) = (nil, STDERR_FILENO, false)
    case .file(let path): (self.path, descriptor, isOwned) = (path, try Self.open(path), true)
    }
  }

  /// - Parameter descriptor: open, and closed when the sink goes.
  init(descriptor: Int32) {
    Self.ignoreClosedPipes()
    (path, self.descriptor, isOwned) = (nil, descriptor, true)
  }

  deinit { if isOwned { close(descriptor) } }

  func reopen() throws(FileError) {
    guard let path else { return }
    let new = try Self.open(path)
    close(descriptor)
    descriptor = new
    isTorn = false
  }

  /// Writes lines, in portions that a pipe takes whole.
  ///
  /// - Returns: how many could not be written.
  func write(_ lines: [[UInt8]]) -> Int {
    var failed = 0
    var portion: [UInt8] = isTorn ? [0x0a] : []
    var ends: [Int] = []
    func finish() {
      let written = write(portion)
      failed += ends.count { $0 > written }
      isTorn = written > 0 ? portion[written - 1] != 0x0a : isTorn
      portion = isTorn ? [0x0a] : []
      ends = []
    }
    for line in lines {
      if !ends.isEmpty, portion.count + line.count > LogLine.limit { finish() }
      portion += line
      ends.append(portion.count)
    }
    if !ends.isEmpty { finish() }
    return failed
  }

  /// - Returns: how many bytes were written; fewer than there are if the other end fails.
  private func write(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
        switch (count, errno) {
        case (0..., _): written += count
        case (_, EINTR): continue
        case (_, EAGAIN) where isWritable: continue
        default: return written
        }
      }
      return written
    }
  }

  /// Waits for a descriptor that does not block to take more.
  private var isWritable: Bool {
    var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return Glibc.poll(&poll, 1, Self.patience) == 1 && poll.revents & Int16(POLLOUT) != 0
  }

  private static func open(_ path: String) throws(FileError) -> Int32 {
    // Without O_NONBLOCK, opening a named pipe that nobody reads would wait for a reader.
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
    while true {
      let descriptor = Glibc.open(path, flags, 0o640)
      if descriptor >= 0 { return descriptor }
      guard errno == EINTR else { throw .failed(call: "open", code: errno) }
    }
  }

  /// Writing to a pipe that nobody reads any more is then an error (EPIPE) and no signal that ends the process.
  private static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }
}
