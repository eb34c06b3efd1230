internal import CLinux
internal import Glibc

/// How a process ended.
enum Ending: Hashable {
  /// By itself, with this status.
  case exited(Int32)
  /// By this signal.
  case killed(Int32)
  /// Nobody knows: somebody else waited for it.
  case unknown
}

/// A child process in a process group of its own, and what it writes.
struct ChildProcess: ~Copyable {
  /// Its id, and its group's.
  let id: pid_t
  /// What it writes to standard output, and to standard error; reading does not block.
  let output: Int32
  let errors: Int32
  private var isGone = false

  /// Why it could not be started: the failing call, and its `errno`.
  struct Fault: Error, Hashable, CustomStringConvertible {
    let call: String
    let code: Int32

    /// Whether it may go better in a moment: no room for a process, or no descriptor.
    var isPassing: Bool { [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(code) }
    var description: String { "\(call): \(String(cString: strerror(code)))" }
  }

  /// Starts a program. Its standard input is empty, and it has no other descriptor of this process.
  ///
  /// It gets a group, but no session of its own: with `sched_autogroup_enabled`, a session's processes share one weight
  /// beside other sessions', and the child's giving way would count for nothing beside the gateway.
  /// - Parameters:
  ///   - arguments: from the name on.
  ///   - environment: `NAME=VALUE` each.
  init(_ path: String, _ arguments: [String], environment: [String]) throws(Fault) {
    let out = try Pipe()
    let err = try Pipe()
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, out.writing, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, err.writing, STDERR_FILENO)
    // What others in this process have open without O_CLOEXEC must not stay open there, a client's connection least of all.
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var id = pid_t()
    let code = Self.withPointers(arguments) { arguments in
      Self.withPointers(environment) { posix_spawn(&id, path, &actions, &attributes, arguments, $0) }
    }
    guard code == 0 else { throw Fault(call: path, code: code) }
    self.id = id
    output = out.keepReading()
    errors = err.keepReading()
  }

  deinit {
    close(output)
    close(errors)
  }

  /// Sends a signal to all of its group.
  func signal(_ number: Int32) {
    // Once it was waited for, the number may be another's.
    if !isGone { kill(-id, number) }
  }

  /// How it ended, if it has. What it started and left behind is killed.
  mutating func ending() -> Ending? {
    guard !isGone else { return .unknown }
    var information = siginfo_t()
    guard waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT) == 0 else {
      if errno == EINTR { return nil }
      isGone = true
      return .unknown
    }
    // Nothing was written: it lives.
    guard information.si_signo == SIGCHLD else { return nil }
    // It is not waited for yet, so the number is still its own.
    kill(-id, SIGKILL)
    var status: Int32 = 0
    var waited = waitpid(id, &status, 0)
    while waited < 0, errno == EINTR { waited = waitpid(id, &status, 0) }
    isGone = true
    guard waited == id else { return .unknown }
    let number = status & 0x7f
    return number == 0 ? .exited(status >> 8 & 0xff) : .killed(number)
  }

  private static func withPointers<Result>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = texts.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
  }
}

/// Two ends, of which the reading one can be kept.
private struct Pipe: ~Copyable {
  private var reading: Int32
  let writing: Int32

  init() throws(ChildProcess.Fault) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw ChildProcess.Fault(call: "pipe2", code: errno) }
    (reading, writing) = (ends[0], ends[1])
    _ = fcntl(reading, F_SETFL, O_NONBLOCK)
  }

  consuming func keepReading() -> Int32 {
    defer { reading = -1 }
    return reading
  }

  deinit {
    if reading >= 0 { close(reading) }
    close(writing)
  }
}
