import Base
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(10))) struct WatchdogTests {
  /// What a watchdog did, and how the next inference ends.
  private final class Kennel: Sendable {
    struct State {
      var inferences = 0
      var meals = 0
      var fails = false
      /// How long an inference takes on the manual clock.
      var takes = Duration.zero
    }

    let clock = ManualClock()
    let state = LockBox(State())

    var meals: Int { state.withLock { $0.meals } }
    var inferences: Int { state.withLock { $0.inferences } }

    func watchdog() -> Watchdog {
      Watchdog(interval: .seconds(10), clock: clock) { [state] in
        state.withLock { $0.meals += 1 }
      } inference: { [state, clock] done in
        let (fails, takes) = state.withLock { state in
          state.inferences += 1
          return (state.fails, state.takes)
        }
        if takes > .zero { clock.advance(by: takes) }
        done(!fails)
      }
    }

    /// Waits until the watchdog sleeps; gives when it wants to be woken.
    func asleep() async -> [Duration] {
      while clock.alarms.isEmpty { await Task.yield() }
      return clock.alarms
    }
  }

  @Test func `it is fed after each inference, twice an interval`() async {
    let kennel = Kennel()
    let watchdog = kennel.watchdog()
    for round in 1...4 {
      #expect(await kennel.asleep() == [.seconds(5 * round)])
      #expect(kennel.meals == round)
      kennel.clock.advance(by: .seconds(5))
    }
    _ = await kennel.asleep()
    #expect(kennel.inferences == 5)
    withExtendedLifetime(watchdog) {}
  }

  @Test func `an inference that fails feeds nothing, and the next that succeeds does again`() async {
    let kennel = Kennel()
    kennel.state.withLock { $0.fails = true }
    let watchdog = kennel.watchdog()
    _ = await kennel.asleep()
    #expect(kennel.meals == 0)
    kennel.clock.advance(by: .seconds(5))
    _ = await kennel.asleep()
    #expect(kennel.meals == 0)
    kennel.state.withLock { $0.fails = false }
    kennel.clock.advance(by: .seconds(5))
    _ = await kennel.asleep()
    #expect(kennel.meals == 1)
    #expect(kennel.inferences == 3)
    withExtendedLifetime(watchdog) {}
  }

  @Test func `an inference that hangs feeds nothing, however much time goes by`() async {
    let clock = ManualClock()
    let (waiting, meals) = (LockBox<[@Sendable (Bool) -> Void]>([]), LockBox(0))
    let watchdog = Watchdog(interval: .seconds(10), clock: clock) {
      meals.withLock { $0 += 1 }
    } inference: { done in
      waiting.withLock { $0.append(done) }
    }
    while waiting.withLock(\.isEmpty) { await Task.yield() }
    for _ in 0..<100 {
      clock.advance(by: .seconds(5))
      await Task.yield()
    }
    #expect(meals.withLock { $0 } == 0)
    #expect(waiting.withLock(\.count) == 1)
    // If it ends after all, the gateway works again.
    waiting.withLock { $0[0](true) }
    while meals.withLock({ $0 }) == 0 { await Task.yield() }
    while waiting.withLock(\.count) < 2 { await Task.yield() }
    waiting.withLock { $0[1](false) }
    while clock.alarms.isEmpty { await Task.yield() }
    #expect(meals.withLock { $0 } == 1)
    withExtendedLifetime(watchdog) {}
  }

  @Test func `a slow inference does not make the intervals longer`() async {
    let kennel = Kennel()
    kennel.state.withLock { $0.takes = .seconds(2) }
    let watchdog = kennel.watchdog()
    #expect(await kennel.asleep() == [.seconds(5)])
    kennel.clock.advance(by: .seconds(3))
    while kennel.meals < 2 { await Task.yield() }
    #expect(await kennel.asleep() == [.seconds(10)])
    withExtendedLifetime(watchdog) {}
  }

  @Test func `it ends when it goes`() async {
    let kennel = Kennel()
    do {
      let watchdog = kennel.watchdog()
      _ = await kennel.asleep()
      withExtendedLifetime(watchdog) {}
    }
    while !kennel.clock.alarms.isEmpty { await Task.yield() }
    kennel.clock.advance(by: .seconds(100))
    for _ in 0..<100 { await Task.yield() }
    #expect(kennel.inferences == 1)
  }
}
