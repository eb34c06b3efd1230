import Foundation
import TestSupport
import Testing

@Suite struct ChildTests {
  @Test func `a child gives way to all others, and ends with its parent`() throws {
    let model = try ColorModel()
    let parent = Process()
    let output = Pipe()
    parent.executableURL = URL(filePath: "/bin/sh")
    // It stays the same process when it becomes sleep.
    parent.arguments = [
      "-c",
      """
      "$0" child --nice 7 --idle-io --memory 8000000000 --parent $$ -- serve --models "$1" --port 0 >/dev/null 2>&1 &
      echo $!
      exec sleep 600
      """, Command.binary.path, model.model,
    ]
    parent.standardOutput = output
    try parent.run()
    defer { if parent.isRunning { parent.terminate() } }
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let child = try #require(pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    func file(_ name: String) -> String {
      (try? String(contentsOfFile: "/proc/\(child)/\(name)", encoding: .utf8)) ?? ""
    }
    #expect(settled { file("cmdline").hasPrefix("distinguo\0serve\0--models\0") }, "\(file("cmdline"))")
    // Behind the name in brackets, proc(5)'s fields from the third on.
    let fields = file("stat").split(separator: ")").last?.split(separator: " ").map(String.init) ?? []
    let (nice, policy) = (19 - 3, 41 - 3)
    #expect(fields.count > policy && fields[nice] == "7" && fields[policy] == "5", "5 is SCHED_IDLE")
    #expect(file("oom_score_adj") == "1000\n")
    let limit = file("limits").split(separator: "\n").first { $0.hasPrefix("Max data size ") }
    #expect(limit?.split(separator: " ").dropFirst(3) == ["8000000000", "8000000000", "bytes"])
    kill(parent.processIdentifier, SIGKILL)
    #expect(settled { kill(child, 0) != 0 || file("stat").contains(") Z ") })
  }

  @Test func `what the system refuses is said, and the command is run all the same`() throws {
    let outcome = try Command.run("child", "--cgroup", "/nowhere", "--", "verify", "/nowhere")
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    let lines = outcome.error.split(separator: "\n")
    #expect(lines.first == "note: it cannot join the control group /nowhere: No such file or directory")
    #expect(lines.last == "/nowhere: there is no such folder")
  }

  @Test func `a child whose parent has ended before does nothing`() throws {
    let outcome = try Command.run("child", "--parent", "1", "--", "--version")
    #expect(outcome.status != 0 && outcome.output.isEmpty)
    let orphan = try Command.run("child", "--parent", "2147483647", "--", "verify", "/nowhere")
    #expect(orphan.status == 1 && orphan.output.isEmpty && orphan.error.isEmpty)
  }

  @Test(arguments: [
    (["--nice", "20", "--", "verify"], "--nice is 20; it must be 0 to 19."),
    (["--memory", "0", "--", "verify"], "--memory is 0; it must be more than 0."),
    (["--parent=-1", "--", "verify"], "--parent is -1; it must be more than 0."),
    (["--", "--version"], "There is no command; write it after --."),
    ([], "Missing expected argument '-- <command> ...'"),
  ])
  func `what makes no sense is refused`(arguments: [String], complaint: String) throws {
    let outcome = try Command.run(["child"] + arguments)
    #expect(outcome.status == 64 && outcome.error.contains(complaint), "\(outcome.error)")
  }

  private func settled(_ holds: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
      if holds() { return true }
      usleep(10_000)
    }
    return false
  }
}
