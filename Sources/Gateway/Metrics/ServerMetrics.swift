internal import HTTPCore
internal import HTTPServer
internal import Metrics

/// What the server's events come to: requests, connections, bytes.
final class ServerMetrics: ServerObserver {
  /// What a label says where there is nothing to say.
  static let none = "none"
  private static let methods: Set<HTTPMethod> = [
    .get, .head, .post, .put, .delete, .options, .patch, .trace, .connect,
  ]

  private let requests: MetricFamily<Counter>
  private let durations: MetricFamily<Histogram>
  private let reading: Histogram
  private let waiting: Histogram
  private let writing: Histogram
  private let aborted: Counter
  private let bytesIn: Counter
  private let bytesOut: Counter
  private let connections: Gauge
  private let accepted: Counter
  private let refused: [ServerEvent.Refusal: Counter]
  private let failedHandshakes: Counter

  /// Registers them.
  init(_ registry: MetricsRegistry) throws(MetricsError) {
    requests = try registry.counters(
      "distinguo_http_requests_total",
      help: "Requests that came to their end, answered or not, by method, route and status code.",
      labels: ["method", "route", "code"])
    durations = try registry.histograms(
      "distinguo_http_request_duration_seconds",
      help: "Time from a request's first byte to its answer's last, by route; streams are left out.",
      labels: ["route"], bounds: HistogramBounds.durations)
    let phases = try registry.histograms(
      "distinguo_http_request_phase_duration_seconds",
      help: "Time of a request's phases: reading it, waiting for the answer, writing the answer.",
      labels: ["phase"], bounds: HistogramBounds.durations)
    (reading, waiting, writing) = (phases["reading"], phases["waiting"], phases["writing"])
    aborted = try registry.counter(
      "distinguo_http_requests_aborted_total",
      help: "Requests whose connection was gone before the whole answer was written; streams are left out.")
    bytesIn = try registry.counter(
      "distinguo_http_request_body_bytes_total", help: "Bytes of requests' bodies, as they were transferred.")
    bytesOut = try registry.counter(
      "distinguo_http_response_bytes_total", help: "Bytes of answers, heads included.")
    connections = try registry.gauge("distinguo_http_connections", help: "Connections that are open.")
    accepted = try registry.counter(
      "distinguo_http_connections_accepted_total", help: "Connections that were accepted.")
    let refusals = try registry.counters(
      "distinguo_http_connections_refused_total", help: "Connections that were not taken, by reason.",
      labels: ["reason"])
    // All of them from the start, so that a rate is known as soon as one of them grows.
    refused = Dictionary(
      uniqueKeysWithValues: ServerEvent.Refusal.allCases.filter { $0 != .handshake }.map { ($0, refusals[$0.rawValue]) }
    )
    failedHandshakes = try registry.counter(
      "distinguo_tls_handshake_failures_total", help: "Connections whose TLS handshake failed.")
  }

  func observe(_ event: ServerEvent) {
    switch event {
    case .opened:
      accepted.increment()
      connections.add(1)
    case .closed: connections.add(-1)
    case .refused(.handshake): failedHandshakes.increment()
    case .refused(let reason): refused[reason]?.increment()
    case .began: break
    case .finished(let exchange): observe(exchange)
    }
  }

  private func observe(_ exchange: ServerEvent.Exchange) {
    let route = exchange.notes["route"] ?? Self.none
    requests[Self.name(exchange.head?.method), route, exchange.status.map { String($0.code) } ?? Self.none].increment()
    reading.observe(exchange.reading)
    waiting.observe(exchange.waiting)
    // How long a stream was open says nothing of how quick the server is, and going is how its client ends it.
    if !exchange.isStreamed {
      durations[route].observe(exchange.reading + exchange.waiting + exchange.writing)
      writing.observe(exchange.writing)
      if !exchange.isComplete { aborted.increment() }
    }
    bytesIn.increment(by: exchange.bytesIn)
    bytesOut.increment(by: exchange.bytesOut)
  }

  /// The method if it is a known one: anybody can think of another.
  private static func name(_ method: HTTPMethod?) -> String {
    guard let method else { return none }
    return methods.contains(method) ? method.rawValue : MetricFamily<Counter>.overflow
  }
}
