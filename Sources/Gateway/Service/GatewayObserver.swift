internal import HTTPCore
internal import HTTPServer

/// Tells of the gateway's work wherever it is kept: in metrics, in the account of rejections, in the access log.
struct GatewayObserver: ServerObserver, ClassificationObserver {
  let metrics: GatewayMetrics
  let rejections: RejectionLog
  let drift: DriftMonitor
  let verdicts: VerdictCounter?
  let log: AccessLog?

  func observe(_ event: ServerEvent) {
    metrics.observe(event)
    if case .finished(let exchange) = event { log?.record(exchange) }
  }

  func observe(_ event: ClassificationEvent) {
    metrics.observe(event)
    rejections.observe(event)
    drift.observe(event)
    verdicts?.observe(event)
  }
}
