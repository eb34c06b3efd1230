import Base
import Dispatch
import Glibc
import HTTPCore
import Testing

@testable import Gateway
@testable import HTTPServer

/// Events to many.
struct EventHubTests {
  private func event(_ number: Int, of subject: String? = nil, isLast: Bool = false) -> EventStream.Event {
    .init("job", data: Array("\(number)".utf8), subject: subject, isLast: isLast)
  }

  private func told(_ numbers: Int...) -> String { numbers.map { "event: job\ndata: \($0)\n\n" }.joined() }

  @Test func `whoever listens is told when to come again, and then what is published`() {
    let hub = EventHub()
    hub.publish(event(1))
    let listeners = [Listening(), Listening()]
    for listener in listeners {
      #expect(hub.open(listener.responder))
      #expect(listener.text() == "retry: 3000\n\n")
    }
    hub.publish(event(2))
    hub.publish(event(3, of: "a"))
    for listener in listeners { #expect(listener.text() == told(2, 3)) }
  }

  @Test func `what is known comes first, then what is published meanwhile`() {
    let hub = EventHub()
    let listener = Listening()
    #expect(
      hub.open(listener.responder) {
        hub.publish(event(2))
        return [event(1)]
      })
    hub.publish(event(3))
    #expect(listener.text() == "retry: 3000\n\n" + told(1, 2, 3))
  }

  @Test func `whoever listens to a subject is told of that alone, and its last event is the end`() {
    let hub = EventHub()
    let (one, all) = (Listening(), Listening())
    #expect(hub.open(one.responder, to: "a") { [event(1, of: "a")] })
    #expect(hub.open(all.responder))
    hub.publish(event(2, of: "b", isLast: true))
    hub.publish(event(3))
    #expect(!one.hasEnded)
    hub.publish(event(4, of: "a", isLast: true))
    hub.publish(event(5, of: "a"))
    #expect(one.text() == "retry: 3000\n\n" + told(1, 4))
    #expect(one.hasEnded && !all.hasEnded)
    #expect(all.text() == "retry: 3000\n\n" + told(2, 3, 4, 5))
    #expect(hub.count == 1)
  }

  @Test func `a subject that is over already is told and ended`() {
    let hub = EventHub()
    let listener = Listening()
    #expect(hub.open(listener.responder, to: "a") { [event(1, of: "a", isLast: true)] })
    #expect(listener.text() == "retry: 3000\n\n" + told(1))
    #expect(listener.hasEnded && hub.count == 0)
  }

  @Test func `no more listen than may, and one who goes makes room`() {
    let hub = EventHub(limit: 2)
    let listeners = [Listening(), Listening()]
    for listener in listeners { #expect(hub.open(listener.responder)) }
    let third = Listening()
    #expect(!hub.open(third.responder))
    #expect(third.status == nil)
    listeners[0].go()
    #expect(hub.count == 1)
    #expect(hub.open(third.responder))
    #expect(third.status == .ok)
  }

  @Test func `one who is gone before the answer is let go of`() {
    let hub = EventHub()
    let listener = Listening(isGone: true)
    #expect(hub.open(listener.responder))
    #expect(hub.count == 0)
  }

  @Test func `one who does not keep up is let go of, and the others are told all the same`() {
    let hub = EventHub()
    let (slow, quick) = (Listening(), Listening())
    #expect(hub.open(slow.responder) && hub.open(quick.responder))
    let large = EventStream.Event("job", data: [UInt8](repeating: 0x31, count: 100 << 10))
    for _ in 0..<3 {
      hub.publish(large)
      #expect(quick.text().hasSuffix("1\n\n"))
    }
    #expect(hub.count == 1)
    hub.publish(event(1))
    #expect(quick.text() == told(1))
  }

  @Test func `everyone gets a heartbeat, however little there is to tell`() throws {
    let hub = EventHub(heartbeat: .milliseconds(20))
    let listener = Listening()
    #expect(hub.open(listener.responder))
    var text = ""
    for _ in 0..<6000 where !text.hasSuffix(":\n\n:\n\n") {
      text += listener.text()
      usleep(10_000)
    }
    #expect(text.hasPrefix("retry: 3000\n\n:\n\n:\n\n"))
  }

  @Test func `at the end all streams end, and nobody can listen any more`() {
    let hub = EventHub()
    let listeners = [Listening(), Listening()]
    #expect(hub.open(listeners[0].responder) && hub.open(listeners[1].responder, to: "a"))
    hub.publish(event(1))
    hub.end()
    #expect(listeners[0].text() == "retry: 3000\n\n" + told(1))
    for listener in listeners { #expect(listener.hasEnded) }
    #expect(!hub.open(Listening().responder))
    let late = Listening()
    let other = EventHub()
    #expect(
      other.open(late.responder) {
        other.end()
        return [event(2)]
      })
    #expect(late.text() == "retry: 3000\n\n" && late.hasEnded)
  }

  @Test func `a hub that is gone has ended its streams`() {
    let listener = Listening()
    do { #expect(EventHub().open(listener.responder)) }
    _ = listener.text()
    #expect(listener.hasEnded)
  }

  @Test func `events of many threads come to listeners that come and go`() {
    let hub = EventHub()
    let steady = Listening()
    #expect(hub.open(steady.responder))
    let text = LockBox("")
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for number in 0..<200 {
        hub.publish(event(number, of: "\(thread)"))
        let passing = Listening()
        #expect(hub.open(passing.responder, to: "\(thread)"))
        passing.go()
        text.withLock { $0 += steady.text() }
      }
    }
    let all = text.withLock { $0 } + steady.text()
    #expect(all.ranges(of: "event: job").count == 1600)
    #expect(hub.count == 1)
  }
}
