/// The text formats in which metrics are handed out.
public enum ExpositionFormat: Sendable, Hashable, CaseIterable {
  /// Prometheus' own, version 0.0.4.
  case prometheus
  /// OpenMetrics 1.0.
  case openMetrics

  /// What the Content-Type field says of it.
  public var contentType: String {
    switch self {
    case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }

  /// What a client would rather have by its Accept field (RFC 9110 §12.5.1): OpenMetrics if it asks for it by name, in
  /// the version there is, and for Prometheus' format no more than for that; Prometheus' format in every other case.
  public init(accept: String?) {
    var (openMetrics, prometheus) = (0.0, 0.0)
    for range in (accept ?? "").split(separator: ",") {
      var parts = range.split(separator: ";").map { Self.trimmed($0).lowercased() }
      guard !parts.isEmpty else { continue }
      let type = parts.removeFirst()
      let parameters = parts.map { $0.split(separator: "=", maxSplits: 1).map { Self.trimmed($0) } }
      func value(_ name: String) -> String? { parameters.first { $0.count == 2 && $0[0] == name }?[1] }
      let quality = value("q").map { Double($0) ?? 0 } ?? 1
      let version = value("version")
      switch type {
      case "application/openmetrics-text" where version == nil || version == "1.0.0":
        openMetrics = max(openMetrics, quality)
      case "text/plain" where version == nil || version == "0.0.4": prometheus = max(prometheus, quality)
      default: break
      }
    }
    self = openMetrics > 0 && openMetrics >= prometheus ? .openMetrics : .prometheus
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    // A parameter's value may be quoted (RFC 9110 §5.6.6).
    if text.count >= 2, text.first == "\"", text.last == "\"" { text = text.dropFirst().dropLast() }
    return String(text)
  }
}
