import Metrics
import Testing

/// The text that a registry writes, to the last byte.
@Suite struct ExpositionTests {
  private func text(_ registry: MetricsRegistry, _ format: ExpositionFormat = .prometheus) -> String {
    String(decoding: registry.text(format), as: UTF8.self)
  }

  /// One family of each kind, registered and recorded in an order that is not that of the text.
  private func everyKind() throws -> MetricsRegistry {
    let registry = MetricsRegistry()
    let times = try registry.histograms(
      "work_duration_seconds", help: "Time.", labels: ["step"], bounds: [0.005, 1, 10])
    let requests = try registry.counters("requests_total", help: "Requests.", labels: ["method", "code"])
    let depth = try registry.gauge("queue_depth", help: "Waiting.")
    requests["POST", "200"].increment(by: 2)
    requests["GET", "404"].increment()
    requests["GET", "200"].increment(by: 12)
    depth.set(2.5)
    depth.add(-3)
    for seconds in [0.001, 0.005, 0.5, 1, 12] { times["decode"].observe(seconds) }
    return registry
  }

  @Test func `Prometheus' format has families by name and series by their labels' values`() throws {
    #expect(
      try text(everyKind()) == """
        # HELP queue_depth Waiting.
        # TYPE queue_depth gauge
        queue_depth -0.5
        # HELP requests_total Requests.
        # TYPE requests_total counter
        requests_total{method="GET",code="200"} 12
        requests_total{method="GET",code="404"} 1
        requests_total{method="POST",code="200"} 2
        # HELP work_duration_seconds Time.
        # TYPE work_duration_seconds histogram
        work_duration_seconds_bucket{step="decode",le="0.005"} 2
        work_duration_seconds_bucket{step="decode",le="1.0"} 4
        work_duration_seconds_bucket{step="decode",le="10.0"} 4
        work_duration_seconds_bucket{step="decode",le="+Inf"} 5
        work_duration_seconds_sum{step="decode"} 13.506
        work_duration_seconds_count{step="decode"} 5

        """)
  }

  @Test func `OpenMetrics names a counter's family without its suffix and says where the end is`() throws {
    let lines = try text(everyKind(), .openMetrics).split(separator: "\n")
    #expect(
      lines[3...5] == [
        "# HELP requests Requests.", "# TYPE requests counter", #"requests_total{method="GET",code="200"} 12"#,
      ])
    #expect(lines.last == "# EOF")
    #expect(lines.count { $0 == "# EOF" } == 1)
  }

  @Test func `what would end a label's value or a line is escaped`() throws {
    let registry = MetricsRegistry()
    let family = try registry.counters("odd_total", help: "A \"help\" with \\ and\na second line.", labels: ["what"])
    family["a\"b\\c\nd é"].increment()
    #expect(
      text(registry) == #"""
        # HELP odd_total A "help" with \\ and\na second line.
        # TYPE odd_total counter
        odd_total{what="a\"b\\c\nd é"} 1

        """#)
    #expect(text(registry, .openMetrics).hasPrefix(#"# HELP odd A \"help\" with \\ and\na second line."#))
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (3, "3"), (-17, "-17"), (0.1, "0.1"), (1e-5, "1e-05"), (1e15, "1000000000000000"),
    (0x1p60, "1.152921504606847e+18"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
  ]) func `a number is written so that it is read as the same one`(_ number: Double, _ expected: String) throws {
    let registry = MetricsRegistry()
    try registry.gauge("value", help: "A number.").set(number)
    #expect(text(registry).split(separator: "\n").last == "value \(expected)")
    let read = try #require(Double(expected))
    #expect(read == number || read.isNaN && number.isNaN)
  }

  @Test func `a family without series is left out`() throws {
    let registry = MetricsRegistry()
    _ = try registry.counters("nothing_total", help: "Nothing yet.", labels: ["what"])
    try registry.gauge("absent", help: "Not known.") { nil }
    #expect(text(registry) == "")
    #expect(text(registry, .openMetrics) == "# EOF\n")
  }

  @Test func `a closure is asked anew each time`() throws {
    let registry = MetricsRegistry()
    let depth = try registry.gauge("depth", help: "Depth.")
    try registry.gauge("twice_the_depth", help: "Twice.") { depth.number * 2 }
    depth.set(4)
    #expect(text(registry).hasSuffix("twice_the_depth 8\n"))
    depth.set(5)
    #expect(text(registry).hasSuffix("twice_the_depth 10\n"))
  }

  @Test(
    arguments: [
      (nil, ExpositionFormat.prometheus), ("", .prometheus), ("*/*", .prometheus), ("text/html", .prometheus),
      ("application/openmetrics-text", .openMetrics),
      ("Application/OpenMetrics-Text ; Version=\"1.0.0\"", .openMetrics),
      // What Prometheus 2 sends.
      (
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
      ),
      // And 3, with only the text protocols on.
      ("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.2", .prometheus),
      ("application/openmetrics-text;version=0.0.1", .prometheus), ("application/openmetrics-text;q=0", .prometheus),
      ("application/openmetrics-text;q=0.3, text/plain;q=0.7", .prometheus),
      ("application/openmetrics-text;q=none, text/plain", .prometheus), (",;,q=1;", .prometheus),
    ] as [(String?, ExpositionFormat)])
  func `the format follows what the client would rather have`(_ accept: String?, _ format: ExpositionFormat) {
    #expect(ExpositionFormat(accept: accept) == format)
  }
}
