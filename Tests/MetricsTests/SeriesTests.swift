import Foundation
import Metrics
import Testing

@Suite struct SeriesTests {
  private func lines(_ registry: MetricsRegistry) -> [Substring] {
    String(decoding: registry.text(), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
  }

  @Test func `the same labels are the same series`() throws {
    let family = try MetricsRegistry().counters("a_total", help: "Help.", labels: ["x", "y"])
    #expect(family["1", "2"] === family["1", "2"])
    #expect(family["1", "2"] !== family["2", "1"])
  }

  @Test func `labels beyond the limit share one series`() throws {
    var limits = MetricsLimits()
    limits.series = 3
    let registry = MetricsRegistry(limits: limits)
    let family = try registry.counters("a_total", help: "Help.", labels: ["name", "code"])
    for name in 0..<1000 { family["n\(name)", "1"].increment() }
    // Those that have a place keep it.
    family["n2", "1"].increment(by: 5)
    #expect(
      lines(registry) == [
        #"a_total{name="n0",code="1"} 1"#, #"a_total{name="n1",code="1"} 1"#, #"a_total{name="n2",code="1"} 6"#,
        #"a_total{name="other",code="other"} 997"#,
      ])
  }

  @Test func `a label's value beyond its limit has no place`() throws {
    var limits = MetricsLimits()
    limits.labelBytes = 4
    let registry = MetricsRegistry(limits: limits)
    let family = try registry.counters("a_total", help: "Help.", labels: ["name"])
    family["four"].increment()
    family["fives"].increment()
    family[String(repeating: "x", count: 1 << 20)].increment()
    #expect(lines(registry) == [#"a_total{name="four"} 1"#, #"a_total{name="other"} 2"#])
  }

  @Test func `replaced series are gone and the new ones are there`() throws {
    let registry = MetricsRegistry()
    let models = try registry.gauges("model_info", help: "Models.", labels: ["name", "version"])
    models.replaceAll(with: [["signs", "1"], ["flowers", "1"]]) { $0.set(1) }
    models.replaceAll(with: [["signs", "2"]]) { $0.set(1) }
    #expect(lines(registry) == [#"model_info{name="signs",version="2"} 1"#])
  }

  @Test func `a bound belongs to its bucket and what is above all bounds to the last`() throws {
    let histogram = try MetricsRegistry().histogram("a_bytes", help: "Help.", bounds: [-1, 0, 2])
    for number in [-5, -1, -0.5, 0, 0.1, 2, 2.1, .infinity, .nan] { histogram.observe(number) }
    #expect(histogram.distribution.counts == [2, 2, 2, 3])
    #expect(histogram.distribution.count == 9)
  }

  @Test func `a duration is observed in seconds`() throws {
    let histogram = try MetricsRegistry().histogram("a_seconds", help: "Help.", bounds: [0.01, 1])
    histogram.observe(Duration.milliseconds(10))
    histogram.observe(Duration.seconds(90))
    histogram.observe(Duration.nanoseconds(-1))
    #expect(histogram.distribution.counts == [2, 0, 1])
    #expect(abs(histogram.distribution.sum - 90.009999999) < 1e-9)
  }

  @Test func `what many threads record at once adds up`() throws {
    let registry = MetricsRegistry()
    let counters = try registry.counters("a_total", help: "Help.", labels: ["n"])
    let gauge = try registry.gauge("b", help: "Help.")
    let histogram = try registry.histogram("c_seconds", help: "Help.", bounds: [1, 2, 3])
    let (threads, rounds) = (8, 2_000)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for round in 0..<rounds {
        counters[String(round % 7)].increment()
        counters["all"].increment(by: 2)
        gauge.add(thread.isMultiple(of: 2) ? 1.5 : -0.5)
        histogram.observe(Double(round % 4) + 0.5)
        if round % 500 == 0 { _ = registry.text() }
      }
    }
    #expect(counters["all"].count == threads * rounds * 2)
    #expect((0..<7).map { counters[String($0)].count }.reduce(0, +) == threads * rounds)
    #expect(counters["6"].count == threads * 285)
    #expect(gauge.number == Double(threads * rounds) / 2)
    #expect(histogram.distribution.counts == Array(repeating: threads * rounds / 4, count: 4))
    #expect(histogram.distribution.sum == Double(threads * rounds) * 2)
  }
}
