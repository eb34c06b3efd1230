internal import HTTPCore
internal import HTTPServer
internal import Metrics

/// Tells of the gateway's work wherever it is kept: in metrics, in the account of rejections, in the access log.
struct GatewayObserver: ServerObserver, ClassificationObserver {
  let metrics: GatewayMetrics
  let rejections: RejectionLog
  let log: AccessLog?

  func observe(_ event: ServerEvent) {
    metrics.observe(event)
    guard case .finished(let exchange) = event else { return }
    // Every head that was handed on comes to an end, once.
    if exchange.head != nil { metrics.requestsInFlight.add(-1) }
    log?.record(exchange)
  }

  func observe(_ event: ClassificationEvent) {
    metrics.observe(event)
    rejections.observe(event)
  }
}
