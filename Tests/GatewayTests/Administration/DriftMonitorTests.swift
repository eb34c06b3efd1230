import Base
@testable import Defence
@testable import Gateway
import Testing

@Suite struct DriftMonitorTests {
  private let time = LockBox(ContinuousClock.now)

  private func monitor(bound: Double? = 0.2, minimum: Int = 10) -> DriftMonitor {
    DriftMonitor(.init(seconds: 60, bound: bound, minimum: minimum)) { [time] in time.withLock { $0 } }
  }

  private func judge(_ monitor: DriftMonitor, accepted: Int, rejected: Int, version: Int = 1) {
    for isAccepted in [Bool](repeating: true, count: accepted) + [Bool](repeating: false, count: rejected) {
      monitor.observe(
        .judged(
          .example(scores: [isAccepted ? 0.9 : 0.1]), label: "stop", model: "signs", version: version, requestID: "r"))
    }
  }

  @Test func `a share of rejections beyond the bound is drift, one that is at it is not`() {
    let monitor = monitor()
    judge(monitor, accepted: 8, rejected: 2)
    #expect(!monitor.report("signs").isExceeded)
    judge(monitor, accepted: 0, rejected: 1)
    let report = monitor.report("signs")
    #expect(report == .init(rejectionRate: 0.272727, images: 11, bound: 0.2, isExceeded: true))
  }

  @Test func `few pictures say nothing`() {
    let monitor = monitor()
    judge(monitor, accepted: 0, rejected: 9)
    #expect(!monitor.report("signs").isExceeded)
  }

  @Test func `without a bound nothing drifts`() {
    let monitor = monitor(bound: nil)
    judge(monitor, accepted: 0, rejected: 100)
    #expect(monitor.report("signs").rejectionRate == 1)
    #expect(!monitor.report("signs").isExceeded)
  }

  @Test func `what is longer ago than the window is forgotten`() {
    let monitor = monitor()
    judge(monitor, accepted: 0, rejected: 20)
    time.withLock { $0 += .seconds(61) }
    #expect(monitor.report("signs").images == 0)
    #expect(!monitor.report("signs").isExceeded)
  }

  @Test func `counting begins anew with another version, and late answers of the one before do not count`() {
    let monitor = monitor()
    judge(monitor, accepted: 0, rejected: 20)
    monitor.begin("signs", version: 2)
    judge(monitor, accepted: 0, rejected: 5, version: 1)
    judge(monitor, accepted: 3, rejected: 1, version: 2)
    #expect(monitor.report("signs").images == 4)
  }

  @Test func `of a model that nobody asked there is nothing to say`() {
    #expect(monitor().report("flowers") == .init(rejectionRate: 0, images: 0, bound: 0.2, isExceeded: false))
  }
}
