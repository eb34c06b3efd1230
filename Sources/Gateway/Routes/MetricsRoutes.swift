internal import Defence
internal import Dispatch
internal import HTTPCore
internal import HTTPServer

/// `GET /metrics` for Prometheus and `GET /v1/metrics/rejections` for people and their programs.
///
/// What takes longer than an event loop should stand still is written elsewhere.
struct MetricsRoutes: Sendable {
  let metrics: GatewayMetrics
  let rejections: RejectionLog
  let models: ServedModels

  private static let queue = DispatchQueue(label: "distinguo.metrics", qos: .utility)

  /// What Prometheus asks for.
  var scraping: [Route] {
    [
      Route(.get, "/metrics") { [metrics] request in
        Self.elsewhere { metrics.response(accept: request.head.fields.list("Accept")) }
      }
    ]
  }

  /// What is told beside the verdicts.
  var telling: [Route] {
    [
      Route(.get, "/v1/metrics/rejections") { [rejections, models] request in
        Self.elsewhere {
          do throws(RejectionQueryError) {
            return try rejections.response(to: request.head.target, models: models.all.map(\.record.manifest.name))
          } catch {
            return request.problem(.badRequest, error.description, error: "bad_query")
          }
        }
      }
    ]
  }

  private static func elsewhere(_ response: @escaping @Sendable () -> Response) -> Reception {
    // A GET may have a body (RFC 9110 §9.3.1), which means nothing here.
    .gather(limit: 64 << 10) { _, responder in
      queue.async { responder.respond(response()) }
    }
  }
}
