import Metrics
import Testing

@Suite struct RegistrationTests {
  @Test(
    arguments: [
      ("", .badName("")), ("0_total", .badName("0_total")), ("requests-total", .badName("requests-total")),
      ("r\u{e9}sum\u{e9}_total", .badName("r\u{e9}sum\u{e9}_total")), ("requests", .counterWithoutTotal("requests")),
    ] as [(String, MetricsError)])
  func `a counter's name is checked`(_ name: String, _ error: MetricsError) {
    #expect(throws: error) { try MetricsRegistry().counter(name, help: "Help.") }
  }

  @Test(arguments: ["_total", "_bucket", "_count", "_sum", "_created"])
  func `a gauge is not named like another kind's sample`(_ suffix: String) {
    #expect(throws: MetricsError.reservedSuffix("size\(suffix)", suffix)) {
      try MetricsRegistry().gauge("size\(suffix)", help: "Help.")
    }
  }

  @Test(
    arguments: [
      ([""], .badLabel("", of: "a_total")), (["a:b"], .badLabel("a:b", of: "a_total")),
      (["1"], .badLabel("1", of: "a_total")), (["__name__"], .badLabel("__name__", of: "a_total")),
      (["a", "b", "a"], .repeatedLabel("a", of: "a_total")),
    ] as [([String], MetricsError)])
  func `labels' names are checked`(_ labels: [String], _ error: MetricsError) {
    #expect(throws: error) { try MetricsRegistry().counters("a_total", help: "Help.", labels: labels) }
  }

  @Test func `a histogram keeps le for itself and others may have it`() throws {
    #expect(throws: MetricsError.badLabel("le", of: "a_seconds")) {
      try MetricsRegistry().histograms("a_seconds", help: "Help.", labels: ["le"], bounds: [1])
    }
    _ = try MetricsRegistry().gauges("a_seconds", help: "Help.", labels: ["le"])
  }

  @Test(arguments: [[], [1, 1], [2, 1], [1, .infinity], [.nan], [-.infinity, 0]] as [[Double]])
  func `bounds that do not rise or are not finite are refused`(_ bounds: [Double]) {
    #expect(throws: MetricsError.badBounds("a_seconds")) {
      try MetricsRegistry().histogram("a_seconds", help: "Help.", bounds: bounds)
    }
  }

  @Test func `nothing is said of a metric`() {
    #expect(throws: MetricsError.noHelp("a_total")) { try MetricsRegistry().counter("a_total", help: "") }
  }

  @Test func `no two families have a sample of one name`() throws {
    let registry = MetricsRegistry()
    _ = try registry.histogram("a_bytes", help: "Help.", bounds: [1])
    _ = try registry.counter("b_total", help: "Help.")
    #expect(throws: MetricsError.taken("a_bytes", by: "a_bytes")) { try registry.gauge("a_bytes", help: "Help.") }
    // OpenMetrics has the counter's family under the name without its suffix.
    #expect(throws: MetricsError.taken("b", by: "b_total")) { try registry.gauge("b", help: "Help.") }
    // What failed has left nothing behind.
    #expect(throws: MetricsError.taken("b_total", by: "b_total")) {
      try registry.register([
        MetricDescription("fresh", help: "Help.", kind: .gauge),
        MetricDescription("b_total", help: "Help.", kind: .counter),
      ]) { [[], []] }
    }
    _ = try registry.gauge("fresh", help: "Help.")
  }

  @Test func `an error says which metric and what would be right`() {
    #expect(
      MetricsError.counterWithoutTotal("hits").description
        == "metric 'hits' is a counter; its name must end in '_total'")
    #expect(
      MetricsError.taken("b", by: "b_total").description
        == "metric 'b': its samples would stand under the name of 'b_total'")
  }
}
