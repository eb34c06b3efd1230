internal import Base
internal import CLinux
internal import Glibc

/// How a child process is kept from disturbing the gateway: what the command `child` does before it becomes the command
/// that computes.
///
/// It does so in a process of its own since none of it can be done for a child from outside without a race, and code
/// between fork and exec is not for Swift.
public struct ChildRestraint: Sendable, Hashable {
  /// How much it gives way, 0 to 19.
  public var nice: Int
  /// Whether it reads and writes only while nobody else does.
  public var hasIdleIO: Bool
  /// How many bytes of data it may have; nil for any number, or where the control group limits them.
  public var memory: Int?
  /// The folder of the control group that it joins; nil for the gateway's own.
  public var cgroup: String?
  /// The process with which it ends; nil for none.
  public var parent: Int?

  /// A restraint from its parts.
  public init(nice: Int = 19, hasIdleIO: Bool = true, memory: Int? = nil, cgroup: String? = nil, parent: Int? = nil) {
    (self.nice, self.hasIdleIO, self.memory) = (nice, hasIdleIO, memory)
    (self.cgroup, self.parent) = (cgroup, parent)
  }

  /// The command line that restrains itself so, and becomes `command`.
  func arguments(before command: [String]) -> [String] {
    var arguments = ["child", "--nice", "\(nice)"]
    if hasIdleIO { arguments.append("--idle-io") }
    if let memory { arguments += ["--memory", "\(memory)"] }
    if let cgroup { arguments += ["--cgroup", cgroup] }
    if let parent { arguments += ["--parent", "\(parent)"] }
    return arguments + ["--"] + command
  }

  /// Restrains the calling process and becomes this program with another command line.
  ///
  /// What the system refuses is said on standard error and left: a retraining that is less restrained is still one.
  /// - Returns: only if the program cannot be started, the reason.
  public func run(_ command: [String]) -> String {
    apply { Self.say("note: \($0)\n") }
    let code = OwnProgram.become(OwnProgram.path, ["distinguo"] + command)
    return "the program cannot be started again: \(String(cString: strerror(code)))"
  }

  /// Restrains the calling process.
  ///
  /// - Parameter note: told what the system refuses.
  func apply(note: (String) -> Void) {
    func tell(_ what: String) { note("\(what): \(String(cString: strerror(errno)))") }
    if let parent {
      if distinguo_set_parent_death_signal(SIGKILL) != 0 { tell("it will not end with the gateway") }
      // It may have ended before; then nobody would tell.
      if getppid() != pid_t(parent) { _exit(1) }
    }
    // What the gateway ignores or has blocked for itself is no child's business.
    var none = sigset_t()
    sigemptyset(&none)
    sigprocmask(SIG_SETMASK, &none, nil)
    for number in [SIGPIPE, SIGHUP, SIGTERM, SIGINT] { signal(number, SIG_DFL) }

    if let cgroup, !Self.write("0", to: "\(cgroup)/cgroup.procs") { tell("it cannot join the control group \(cgroup)") }
    if setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(nice)) != 0 { tell("it cannot be nice") }
    // Beside this, being nice hardly matters; but it is what there is where this is refused.
    if distinguo_set_idle_scheduling() != 0 { tell("it cannot be scheduled as idle") }
    if hasIdleIO, distinguo_set_idle_io() != 0 { tell("its reading and writing cannot be idle") }
    if let memory {
      var limit = rlimit(rlim_cur: rlim_t(memory), rlim_max: rlim_t(memory))
      if setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) != 0 { tell("its memory cannot be limited") }
    }
    // Where memory runs out, this is what is to go, and not the gateway.
    if !Self.write("1000", to: "/proc/self/oom_score_adj") { tell("it will not be the first to go without memory") }
  }

  private static func say(_ text: String) { _ = Glibc.write(STDERR_FILENO, text, text.utf8.count) }

  private static func write(_ text: String, to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    let written = Glibc.write(descriptor, text, text.utf8.count)
    let code = errno
    close(descriptor)
    errno = code
    return written == text.utf8.count
  }
}
