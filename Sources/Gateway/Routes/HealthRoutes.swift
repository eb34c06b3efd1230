internal import Base
internal import HTTPCore
internal import HTTPServer

/// `GET /livez` and `GET /readyz`: whether the process answers at all, and whether requests should come here.
struct HealthRoutes: Sendable {
  let readiness: Readiness

  /// The routes.
  var routes: [Route] {
    [
      Route(.get, "/livez") { _ in .answer(Self.response(.ok, "live", reasons: [])) },
      Route(.get, "/readyz") { [readiness] _ in
        let reasons = readiness.reasons.map(\.rawValue)
        return .answer(
          reasons.isEmpty
            ? Self.response(.ok, "ready", reasons: [])
            : Self.response(.serviceUnavailable, "not ready", reasons: reasons))
      },
    ]
  }

  private static func response(_ status: HTTPStatus, _ word: String, reasons: [String]) -> Response {
    var json = JSONWriter()
    json.beginObject()
    json.name("status")
    json.value(word)
    if !reasons.isEmpty {
      json.name("reasons")
      json.beginArray()
      for reason in reasons { json.value(reason) }
      json.endArray()
    }
    json.endObject()
    var response = Response(status, type: "application/json", body: json.bytes + [UInt8(ascii: "\n")])
    response.fields.set("Cache-Control", "no-store")
    return response
  }
}
