import Base
import Foundation
import StateStore
import Testing

@testable import Retraining

/// What happens to a job when its child process is not as it should be.
struct ChildFaultTests {
  @Test func `a training that fails says why`() throws {
    let workshop = try Workshop(
      train: #"echo loading >&2; echo '{"event":"error","text":"signs.tar has one label; two are wanted"}' >&2; exit 1"#
    )
    let job = try workshop.finished().job
    #expect(job.state == .failed && job.reason == "the training failed: signs.tar has one label; two are wanted")
    #expect(job.attempts == 1)
  }

  @Test(arguments: [
    (#"echo one >&2; printf 'last words' >&2; exit 1"#, "last words"),
    (#"echo "Error: --seed is x." >&2; echo "Usage: train" >&2; exit 64"#, "--seed is x."),
    ("exit 3", "exit status 3"),
  ])
  func `a training that fails is told from what it said last`(script: String, reason: String) throws {
    #expect(try Workshop(train: script).finished().job.reason == "the training failed: \(reason)")
  }

  @Test func `a training that ends well without a version has failed`() throws {
    let job = try Workshop(train: "true").finished().job
    #expect(job.state == .failed && job.reason == "the training ended as if all were well, but made no version")
  }

  @Test func `a version that cannot be measured stays a candidate of a failed job`() throws {
    let workshop = try Workshop(evaluate: "echo there are no pictures >&2; exit 1")
    let job = try workshop.finished().job
    #expect(job.state == .failed && workshop.exists("models/signs/2"))
    #expect(
      job.reason
        == "the measuring of version 2 failed: there are no pictures; version 2 was made and stays a candidate")
  }

  @Test(arguments: ["echo hello", "echo {}", "head -c 1100000 /dev/zero", "true"])
  func `a measuring that prints no figures has failed`(script: String) throws {
    let job = try Workshop(evaluate: script).finished().job
    #expect(job.reason?.hasPrefix("the measuring of version 2 printed something else than figures") == true)
  }

  @Test func `a training that is killed is begun again with the same command`() throws {
    let workshop = try Workshop(train: "[ $(wc -l < $calls) -lt 3 ] && kill -9 $$; bundle")
    let job = try workshop.finished().job
    #expect(job.state == .succeeded)
    #expect(workshop.calls.prefix(3).allSatisfy { $0 == workshop.calls[0] && $0.hasPrefix("train ") })
    #expect(workshop.recorder.statuses(job.id).map(\.status.job).last { $0.step == .training }?.attempts == 3)
  }

  @Test func `a training that is killed three times in a row has failed, and what it has begun is removed`() throws {
    let workshop = try Workshop(train: "mkdir -p $work; step 1 3; kill -9 $$")
    let job = try workshop.finished().job
    #expect(job.state == .failed && job.attempts == 3)
    #expect(job.reason == "the training was ended by signal 9 (killed) three times in a row")
    #expect(!workshop.exists("models/signs/.2.training"))
  }

  @Test func `a crash where memory is limited is told with the limit`() throws {
    let workshop = try Workshop(train: "kill -SEGV $$")
    workshop.settings.memory = 1 << 30
    workshop.queue.change(workshop.settings)
    #expect(
      try workshop.finished().job.reason
        == "the training was ended by signal 11 (segmentation fault) three times in a row, "
        + "perhaps since it needed more than the 1073741824 bytes of retraining.memory")
  }

  @Test func `a training that comes further each time may be killed more often`() throws {
    let workshop = try Workshop(train: "n=$(wc -l < $calls); step 1 $n; [ $n -lt 8 ] && kill -9 $$; bundle")
    #expect(try workshop.finished().job.state == .succeeded)
  }

  @Test func `a program that is not there is no reason to try again`() throws {
    let workshop = try Workshop()
    workshop.settings.executable = "/no/such/program"
    workshop.queue.change(workshop.settings)
    let job = try workshop.finished().job
    #expect(job.state == .failed && job.attempts == 1)
    #expect(job.reason == "the training failed: /no/such/program: No such file or directory")
  }

  @Test func `a training that takes too long is ended`() throws {
    let workshop = try Workshop(train: "mkdir -p $work; echo begun >&2; exec sleep 600")
    workshop.settings.timeLimit = .milliseconds(300)
    workshop.queue.change(workshop.settings)
    let job = try workshop.finished().job
    #expect(job.state == .failed && !workshop.exists("models/signs/.2.training"))
    #expect(job.reason == "the training took longer than the 0.3 s of retraining.time, and was ended")
  }

  @Test func `garbage and lines without end are read, cut and forgotten`() throws {
    let workshop = try Workshop(
      train: """
        head -c 200000 /dev/urandom >&2
        head -c 500000 /dev/zero | tr '\\0' x >&2; echo >&2
        echo '{"event":"step","network":"student","number":1e300,"count":2}' >&2
        echo '{"event":"step"' >&2; echo '[]' >&2; echo '{"event":7}' >&2
        printf 'a\\033[2Jb\\rc\\n' >&2
        seq 1000
        bundle
        """)
    let job = try workshop.finished().job
    #expect(job.state == .succeeded)
    let status = try #require(try workshop.queue.status(job.id))
    #expect(status.log.count == 50 && status.log.allSatisfy { $0.utf8.count <= 3 * LineSplitter.limit })
    let log = try Data(contentsOf: URL(filePath: "\(workshop.folder)/jobs/\(job.id)/log"))
    #expect(!log.contains(0x1b) && !log.contains(0x0d))
  }

  @Test func `what a child leaves behind is ended with it, and holds nothing up`() throws {
    let workshop = try Workshop(train: "sleep 600 & echo $! > $folder/left; bundle")
    #expect(try workshop.finished().job.state == .succeeded)
    let left = try String(contentsOfFile: "\(workshop.folder)/left", encoding: .utf8)
    let process = try #require(pid_t(left.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(isGone(process))
  }

  @Test func `a child has none of the gateway's descriptors, blocked and ignored signals, and secrets`() throws {
    let workshop = try Workshop(
      train: """
        readlink /proc/self/fd/* > $folder/descriptors
        grep -E 'SigBlk|SigIgn' /proc/self/status >&2
        echo secrets: $(env | grep -cE '^(DISTINGUO_|NOTIFY_|LISTEN_|WATCHDOG_)') >&2
        bundle
        """)
    try workshop.touch("leak")
    // Not closed on exec, as another library might open it.
    let leak = open("\(workshop.folder)/leak", O_RDONLY)
    defer { close(leak) }
    signal(SIGHUP, SIG_IGN)
    setenv("DISTINGUO_SELECTION_KEY", "secret", 1)
    setenv("NOTIFY_SOCKET", "/run/x", 1)
    defer {
      unsetenv("DISTINGUO_SELECTION_KEY")
      unsetenv("NOTIFY_SOCKET")
      signal(SIGHUP, SIG_DFL)
    }
    let log = try workshop.finished().log
    let descriptors = try String(contentsOfFile: "\(workshop.folder)/descriptors", encoding: .utf8)
      .split(separator: "\n")
    // Its input, its output here, and its errors; the last is what readlink looks through.
    #expect(descriptors.prefix(2) == ["/dev/null", "\(workshop.folder)/descriptors"])
    #expect(descriptors.count <= 4 && !descriptors.contains { $0.hasSuffix("/leak") })
    func signals(_ name: String) -> UInt64? {
      log.first { $0.hasPrefix("\(name):") }.flatMap { UInt64($0.suffix(16), radix: 16) }
    }
    #expect(signals("SigBlk") == 0)
    #expect(signals("SigIgn").map { $0 & (1 << (SIGHUP - 1) | 1 << (SIGPIPE - 1)) } == 0)
    #expect(log.contains("secrets: 0"))
  }

  @Test func `progress is told at most twice a second, and the last of it is not lost`() throws {
    let workshop = try Workshop(
      train: """
        for n in 1 2 3 4 5 6 7 8 9 10; do step 1 $n; sleep 0.04; done
        until [ -e $folder/go ]; do sleep 0.02; done
        bundle
        """)
    let id = try workshop.submit()
    workshop.queue.resume()
    let last = try workshop.recorder.wait(id) { $0.progress?.fraction == 0.45 }
    #expect(last.progress?.epochs == 4 && last.progress?.secondsLeft == 7.5 && last.progress?.loss == nil)
    #expect(try workshop.queue.status(id)?.progress == last.progress)
    try workshop.touch("go")
    #expect(try workshop.recorder.wait(id).progress == nil)
    let told = workshop.recorder.statuses(id).filter { $0.status.job.step == .training && $0.status.progress != nil }
    for (one, next) in zip(told, told.dropFirst()) { #expect(next.time - one.time > .milliseconds(450)) }
  }
}

/// Whether a process has ended; it has been sent a signal, so waits a little.
func isGone(_ process: pid_t) -> Bool {
  let end = ContinuousClock.now + .seconds(20)
  while kill(process, 0) == 0, ContinuousClock.now < end {
    // One that its parent has not waited for is gone, too.
    let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    if stat.contains(") Z ") { return true }
    usleep(5000)
  }
  return kill(process, 0) != 0
}
