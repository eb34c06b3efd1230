import Metrics
import Testing

@Suite struct WindowTests {
  private let start = ContinuousClock.now

  /// A minute in steps of ten seconds.
  private func window() -> SlidingWindow<Int> { SlidingWindow(seconds: 60, slices: 6, start: start, empty: 0) }

  @Test(arguments: [(0.0, 1), (9.9, 1), (59.9, 1), (60.0, 0), (61.0, 0), (1e6, 0)])
  func `what happened is seen until the window has moved past it`(_ seconds: Double, _ count: Int) {
    var window = window()
    window.update(at: start) { $0 += 1 }
    #expect(window.tallies(at: start + .seconds(seconds)).reduce(0, +) == count)
  }

  @Test func `each second's events leave as new ones come`() {
    var window = window()
    for second in 0..<200 {
      let moment = start + .seconds(second)
      window.update(at: moment) { $0 += 1 }
      // The slice that has begun, and the five before it.
      #expect(window.tallies(at: moment).reduce(0, +) == min(second + 1, 50 + second % 10 + 1))
    }
  }

  @Test func `a slice that is used again starts empty`() {
    var window = window()
    window.update(at: start + .seconds(5)) { $0 += 7 }
    window.update(at: start + .seconds(65)) { $0 += 1 }
    #expect(window.tallies(at: start + .seconds(65)) == [1])
    window.update(at: start + .seconds(600_000)) { $0 += 2 }
    #expect(window.tallies(at: start + .seconds(600_000)) == [2])
  }

  @Test func `a late update counts if its slice is still there`() {
    var window = window()
    window.update(at: start + .seconds(70)) { $0 += 1 }
    window.update(at: start + .seconds(55)) { $0 += 10 }
    #expect(window.tallies(at: start + .seconds(70)).reduce(0, +) == 11)
    // The slice of second 75 has its place.
    window.update(at: start + .seconds(15)) { $0 += 100 }
    #expect(window.tallies(at: start + .seconds(70)).reduce(0, +) == 11)
  }

  @Test func `what is before the start counts as of the start`() {
    var window = window()
    window.update(at: start - .seconds(100)) { $0 += 1 }
    #expect(window.tallies(at: start + .seconds(59)) == [1])
    #expect(window.tallies(at: start + .seconds(60)) == [])
  }

  @Test(
    arguments: [
      (0, 5, []), (1, 3, [2]), (3, 2, [1, 0]), (3, 3, [2, 1, 0]), (3, 4, [3, 2, 1]), (4, 11, [10, 9, 8, 7]),
    ] as [(Int, Int, [Int])])
  func `the last events are there and the newest comes first`(_ capacity: Int, _ count: Int, _ kept: [Int]) {
    var events = RecentEvents<Int>(capacity: capacity)
    for event in 0..<count { events.append(event) }
    #expect(events.newestFirst == kept)
  }
}
