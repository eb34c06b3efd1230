import Base
import Dispatch
import Glibc
import Testing

@testable import Gateway

/// One test for all, since signals are the process's.
struct SignalSourcesTests {
  @Test func `the first wish to stop is for stopping in order, the second ends at once, a reload is neither`() {
    let events = LockBox<[String]>([])
    @Sendable func note(_ event: String) { events.withLock { $0.append(event) } }
    func wait(for expected: [String]) {
      while events.withLock({ $0 }).count < expected.count { usleep(1000) }
      #expect(events.withLock { $0 } == expected)
    }
    let queue = DispatchQueue(label: "busy")
    let sources = SignalSources(queue: queue) { signal in
      note("at once \(signal)")
    } handler: { wish in
      note("\(wish)")
    }
    kill(getpid(), SIGHUP)
    wait(for: ["reload"])
    kill(getpid(), SIGHUP)
    wait(for: ["reload", "reload"])
    kill(getpid(), SIGTERM)
    wait(for: ["reload", "reload", "stop"])
    // Even if the queue never comes to it.
    let release = DispatchSemaphore(value: 0)
    queue.async { release.wait() }
    kill(getpid(), SIGINT)
    wait(for: ["reload", "reload", "stop", "at once \(SIGINT)"])
    release.signal()
    withExtendedLifetime(sources) {}
    for number in [SIGHUP, SIGTERM, SIGINT] { signal(number, SIG_DFL) }
  }
}
