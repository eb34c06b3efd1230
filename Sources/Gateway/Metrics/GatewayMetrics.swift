internal import HTTPCore
internal import HTTPServer
internal import Metrics

/// Every metric of the gateway, and the answer to `GET /metrics`.
final class GatewayMetrics: ServerObserver, ClassificationObserver {
  /// A model that is served.
  struct Model: Sendable, Hashable {
    var name: String
    var version: Int
    var digest: String
  }

  /// Requests that are being read, thought about or answered; an autoscaler looks at it.
  private let requestsInFlight: Gauge
  private let registry: MetricsRegistry
  private let server: ServerMetrics
  private let classification: ClassificationMetrics
  private let readiness: Gauge
  private let models: MetricFamily<Gauge>
  /// What became of rejected pictures.
  private let review: ReviewMetrics
  /// What is told of the models' life.
  let lifecycle: LifecycleMetrics
  private let succeededReloads: Counter
  private let failedReloads: Counter

  /// Registers everything there is to tell before anything has happened.
  ///
  /// - Parameter version: the program's.
  /// - Throws: ``MetricsError`` if two metrics have one name.
  init(version: String, registry: MetricsRegistry = .init()) throws(MetricsError) {
    self.registry = registry
    server = try ServerMetrics(registry)
    classification = try ClassificationMetrics(registry)
    review = try ReviewMetrics(registry)
    requestsInFlight = try registry.gauge(
      "distinguo_requests_in_flight", help: "Requests that have no answer yet.")
    readiness = try registry.gauge("distinguo_ready", help: "1 if the gateway answers with verdicts, 0 if not.")
    models = try registry.gauges(
      "distinguo_model_info", help: "1 for each model that is served, by name, version and digest.",
      labels: ["model", "version", "digest"])
    lifecycle = try LifecycleMetrics(registry)
    let reloads = try registry.counters(
      "distinguo_reloads_total", help: "Reloads of configuration, certificates and models, by how they ended.",
      labels: ["outcome"])
    (succeededReloads, failedReloads) = (reloads["succeeded"], reloads["failed"])
    try registry.gauges("distinguo_build_info", help: "1, with the program's version.", labels: ["version"])[version]
      .set(1)
    try ProcessFigures().register(in: registry)
  }

  /// Registers the queue of pictures, which is asked whenever the metrics are. Once.
  func watchQueue(
    depth: @escaping @Sendable () -> Int, capacity: @escaping @Sendable () -> Int
  ) throws(MetricsError) {
    try registry.gauge("distinguo_queue_depth", help: "Pictures that were taken on and have no verdict yet.") {
      Double(depth())
    }
    try registry.gauge("distinguo_queue_capacity", help: "How many there may be before others are refused.") {
      Double(capacity())
    }
  }

  /// Registers the lines that the log lost, which is asked whenever the metrics are. Once.
  func watchLog(dropped: @escaping @Sendable () -> Int) throws(MetricsError) {
    try registry.counter("distinguo_log_lines_dropped_total", help: "Lines of the log that could not be written.") {
      Double(dropped())
    }
  }

  /// Says whether the gateway is ready.
  func setReady(_ isReady: Bool) { readiness.set(isReady ? 1 : 0) }

  /// Says which models are served from now on, in the place of those before.
  func setModels(_ served: [Model]) {
    models.replaceAll(with: served.map { [$0.name, String($0.version), $0.digest] }) { $0.set(1) }
  }

  /// Counts a reload.
  func countReload(succeeded: Bool) { (succeeded ? succeededReloads : failedReloads).increment() }

  func observe(_ event: ServerEvent) {
    server.observe(event)
    switch event {
    case .began: requestsInFlight.add(1)
    case .finished(let exchange): if exchange.head != nil { requestsInFlight.add(-1) }
    case .opened, .closed, .refused: break
    }
  }

  func observe(_ event: ClassificationEvent) { classification.observe(event) }

  /// Counts what became of a rejected picture.
  func observe(_ fate: RejectedPictures.Fate) { review.count(fate) }

  /// The answer to `GET /metrics`.
  ///
  /// - Parameter accept: what the request's Accept field says.
  func response(accept: String?) -> Response {
    let format = ExpositionFormat(accept: accept)
    var response = Response(.ok, type: format.contentType, body: registry.text(format))
    response.fields.append("Vary", "Accept")
    response.fields.append("Cache-Control", "no-store")
    return response
  }
}
