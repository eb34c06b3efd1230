import HTTPCore
import Images
import Metrics
import Testing

@testable import Gateway
@testable import HTTPServer

@Suite struct GatewayMetricsTests {
  private let metrics: GatewayMetrics

  init() throws { metrics = try GatewayMetrics(version: "1.2.3") }

  /// Every sample but those of the process, by what stands before its number.
  private func samples(_ metrics: GatewayMetrics) -> [String: String] {
    let text = String(decoding: metrics.response(accept: nil).body, as: UTF8.self)
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("process_") }
    return Dictionary(
      uniqueKeysWithValues: lines.map { line in
        let space = line.lastIndex(of: " ")!
        return (String(line[..<space]), String(line[line.index(after: space)...]))
      })
  }

  private func exchange(
    _ method: HTTPMethod? = .get, route: String? = nil, status: HTTPStatus? = .ok, bytesIn: Int = 0, bytesOut: Int = 0,
    isComplete: Bool = true, isStreamed: Bool = false
  ) -> ServerEvent {
    .finished(
      .init(
        head: method.map { RequestHead(method: $0, target: .origin(path: "/secret/\(bytesIn)", query: nil)) },
        peer: Peer(address: "127.0.0.1", port: 1), status: status, notes: route.map { ["route": $0] } ?? [:],
        bytesIn: bytesIn, bytesOut: bytesOut, reading: .milliseconds(1), waiting: .milliseconds(30),
        writing: .microseconds(50), isComplete: isComplete,
        isStreamed: isStreamed))
  }

  @Test func `requests are counted by method, route and code`() {
    metrics.observe(exchange(.post, route: "/v1/classify", bytesIn: 10_000, bytesOut: 500))
    metrics.observe(exchange(.post, route: "/v1/classify", bytesIn: 1, bytesOut: 700))
    metrics.observe(exchange(.post, route: "/v1/classify", status: .serviceUnavailable))
    metrics.observe(exchange(.init(rawValue: "BREW"), status: .notImplemented))
    metrics.observe(exchange(nil, status: .badRequest))
    metrics.observe(exchange(.get, route: "/metrics", status: nil, isComplete: false))
    let samples = samples(metrics)
    let requests = samples.filter { $0.key.hasPrefix("distinguo_http_requests_total{") }
    #expect(
      requests == [
        #"distinguo_http_requests_total{method="POST",route="/v1/classify",code="200"}"#: "2",
        #"distinguo_http_requests_total{method="POST",route="/v1/classify",code="503"}"#: "1",
        #"distinguo_http_requests_total{method="other",route="none",code="501"}"#: "1",
        #"distinguo_http_requests_total{method="none",route="none",code="400"}"#: "1",
        #"distinguo_http_requests_total{method="GET",route="/metrics",code="none"}"#: "1",
      ])
    #expect(samples["distinguo_http_request_body_bytes_total"] == "10001")
    #expect(samples["distinguo_http_response_bytes_total"] == "1200")
    #expect(samples["distinguo_http_requests_aborted_total"] == "1")
    #expect(!samples.keys.contains { $0.contains("secret") })
  }

  @Test func `a request's time is that of its three phases`() throws {
    for _ in 0..<4 { metrics.observe(exchange(route: "/livez")) }
    let samples = samples(metrics)
    let duration = "distinguo_http_request_duration_seconds"
    #expect(samples[#"\#(duration)_count{route="/livez"}"#] == "4")
    #expect(samples[#"\#(duration)_bucket{route="/livez",le="0.025"}"#] == "0")
    #expect(samples[#"\#(duration)_bucket{route="/livez",le="0.05"}"#] == "4")
    let sum = try #require(samples[#"\#(duration)_sum{route="/livez"}"#].flatMap(Double.init))
    #expect(abs(sum - 4 * 0.03105) < 1e-9)
    let phase = "distinguo_http_request_phase_duration_seconds_bucket"
    #expect(samples[#"\#(phase){phase="reading",le="0.001"}"#] == "4")
    #expect(samples[#"\#(phase){phase="waiting",le="0.025"}"#] == "0")
    #expect(samples[#"\#(phase){phase="writing",le="0.0001"}"#] == "4")
  }

  @Test func `how long a stream was open, and that its client went, says nothing of the server`() {
    metrics.observe(exchange(route: "/events", bytesOut: 700, isComplete: false, isStreamed: true))
    let samples = samples(metrics)
    #expect(samples[#"distinguo_http_requests_total{method="GET",route="/events",code="200"}"#] == "1")
    #expect(samples["distinguo_http_response_bytes_total"] == "700")
    #expect(samples["distinguo_http_requests_aborted_total"] == "0")
    let phase = "distinguo_http_request_phase_duration_seconds_count"
    #expect(samples[#"\#(phase){phase="waiting"}"#] == "1")
    #expect(samples[#"\#(phase){phase="writing"}"#] == "0")
    #expect(!samples.keys.contains { $0.hasPrefix("distinguo_http_request_duration_seconds") })
  }

  @Test func `connections that are open are those accepted without those gone`() {
    for _ in 0..<5 { metrics.observe(.opened) }
    for _ in 0..<2 { metrics.observe(.closed) }
    metrics.observe(.refused(.addressLimit))
    metrics.observe(.refused(.handshake))
    metrics.observe(.refused(.handshake))
    let samples = samples(metrics)
    #expect(samples["distinguo_http_connections"] == "3")
    #expect(samples["distinguo_http_connections_accepted_total"] == "5")
    let refused = samples.filter { $0.key.hasPrefix("distinguo_http_connections_refused_total") }
    #expect(
      refused == [
        #"distinguo_http_connections_refused_total{reason="address_limit"}"#: "1",
        #"distinguo_http_connections_refused_total{reason="connection_limit"}"#: "0",
        #"distinguo_http_connections_refused_total{reason="descriptor_limit"}"#: "0",
      ])
    #expect(samples["distinguo_tls_handshake_failures_total"] == "2")
  }

  @Test func `a verdict counts by outcome and label, and each differentiator's opinion`() {
    func judge(_ scores: [Double], _ label: String) {
      metrics.observe(.judged(.example(scores: scores), label: label, model: "signs", version: 1, requestID: "r"))
    }
    judge([0.97, 0.9], "stop")
    judge([0.99, 1], "stop")
    judge([0.02, 0.6], "yield")
    // A network that computes nonsense rejects, and spoils no sum.
    judge([.nan, 0.7], "yield")
    let samples = samples(metrics)
    #expect(samples[#"distinguo_verdicts_total{model="signs",outcome="accepted",label="stop"}"#] == "2")
    #expect(samples[#"distinguo_verdicts_total{model="signs",outcome="rejected",label="yield"}"#] == "2")
    #expect(samples[#"distinguo_rejections_total{model="signs",reason="score_below_threshold"}"#] == "2")
    #expect(samples[#"distinguo_rejections_total{model="signs",reason="outvoted"}"#] == "0")
    let opinions = #"distinguo_differentiator_opinions_total{model="signs",differentiator="#
    #expect(samples[#"\#(opinions)"d1",agrees="true"}"#] == "2")
    #expect(samples[#"\#(opinions)"d1",agrees="false"}"#] == "2")
    #expect(samples[#"\#(opinions)"d2",agrees="true"}"#] == "4")
    let score = "distinguo_differentiator_score"
    #expect(samples[#"\#(score)_sum{model="signs",differentiator="d1"}"#] == "1.98")
    #expect(samples[#"\#(score)_count{model="signs",differentiator="d1"}"#] == "3")
    #expect(samples[#"\#(score)_bucket{model="signs",differentiator="d1",le="0.05"}"#] == "1")
  }

  @Test func `the phases of a picture's way are counted`() {
    metrics.observe(.received)
    metrics.observe(.received)
    metrics.observe(.refused(.queueFull))
    metrics.observe(.decoded(.webp, .milliseconds(2)))
    metrics.observe(.dequeued(.microseconds(300)))
    metrics.observe(.ran(pictures: 5, .milliseconds(20)))
    let samples = samples(metrics)
    #expect(samples["distinguo_pictures_received_total"] == "2")
    #expect(samples[#"distinguo_pictures_refused_total{reason="queue_full"}"#] == "1")
    #expect(samples[#"distinguo_pictures_refused_total{reason="deadline"}"#] == "0")
    #expect(samples[#"distinguo_decode_duration_seconds_bucket{format="webp",le="0.0025"}"#] == "1")
    #expect(samples[#"distinguo_decode_duration_seconds_count{format="jpeg"}"#] == "0")
    #expect(samples[#"distinguo_queue_duration_seconds_bucket{le="0.0005"}"#] == "1")
    #expect(samples[#"distinguo_inference_duration_seconds_sum"#] == "0.02")
    #expect(samples[#"distinguo_batch_pictures_bucket{le="4.0"}"#] == "0")
    #expect(samples[#"distinguo_batch_pictures_bucket{le="6.0"}"#] == "1")
  }

  @Test func `what became of rejected pictures is counted, from the start`() {
    for fate in [RejectedPictures.Fate.dropped, .dropped, .failed] { metrics.observe(fate) }
    let pictures = samples(metrics).filter { $0.key.hasPrefix("distinguo_review_pictures_total{") }
    #expect(
      pictures == [
        #"distinguo_review_pictures_total{fate="kept"}"#: "0",
        #"distinguo_review_pictures_total{fate="unwanted"}"#: "0",
        #"distinguo_review_pictures_total{fate="dropped"}"#: "2",
        #"distinguo_review_pictures_total{fate="failed"}"#: "1",
      ])
  }

  @Test func `the state of things is told`() throws {
    #expect(samples(metrics)["distinguo_ready"] == "0")
    metrics.setReady(true)
    metrics.observe(.began)
    metrics.observe(.began)
    metrics.observe(exchange(.get))
    // Nobody began what could not be read.
    metrics.observe(exchange(nil))
    try metrics.watchQueue(depth: { 7 }, capacity: { 64 })
    metrics.setModels([.init(name: "signs", version: 1, digest: "sha256:aa")])
    metrics.setModels([.init(name: "signs", version: 2, digest: "sha256:bb")])
    metrics.countReload(succeeded: true)
    let samples = samples(metrics)
    #expect(samples["distinguo_ready"] == "1")
    #expect(samples["distinguo_requests_in_flight"] == "1")
    #expect(samples["distinguo_queue_depth"] == "7")
    #expect(samples["distinguo_queue_capacity"] == "64")
    #expect(samples[#"distinguo_build_info{version="1.2.3"}"#] == "1")
    #expect(
      samples.filter { $0.key.hasPrefix("distinguo_model_info") } == [
        #"distinguo_model_info{model="signs",version="2",digest="sha256:bb"}"#: "1"
      ])
    #expect(samples[#"distinguo_reloads_total{outcome="succeeded"}"#] == "1")
    #expect(samples[#"distinguo_reloads_total{outcome="failed"}"#] == "0")
  }

  @Test(arguments: [
    (nil, "text/plain; version=0.0.4; charset=utf-8"),
    ("application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
  ]) func `the answer is in the format that was asked for`(_ accept: String?, _ type: String) {
    let response = metrics.response(accept: accept)
    #expect(response.status == .ok)
    #expect(response.fields["Content-Type"] == type)
    #expect(response.fields["Vary"] == "Accept")
    #expect(String(decoding: response.body, as: UTF8.self).hasSuffix("# EOF\n") == (accept != nil))
  }
}
