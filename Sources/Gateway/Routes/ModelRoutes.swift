internal import Base
internal import Defence
internal import Foundation
internal import HTTPCore
internal import HTTPServer
internal import Images
internal import NeuralNet

/// `GET /v1/models` and `GET /v1/models/{name}`: what is served.
struct ModelRoutes: Sendable {
  let models: ServedModels
  /// Another policy than the bundles' own.
  let policy: Policy?

  /// The routes.
  var routes: [Route] {
    [
      Route(.get, "/v1/models") { _ in .answer(list) },
      Route(.get, "/v1/models/{name}") { request in
        guard let generation = models.generation(named: request.parameters["name"]) else {
          return .answer(models.absence(request))
        }
        var json = JSONWriter(capacity: 4096)
        write(generation, to: &json)
        return .answer(Self.response(json))
      },
    ]
  }

  private var list: Response {
    var json = JSONWriter(capacity: 8192)
    json.beginObject()
    json.name("models")
    json.beginArray()
    for generation in models.all { write(generation, to: &json) }
    json.endArray()
    json.name("default")
    json.value(models.defaultName)
    json.endObject()
    return Self.response(json)
  }

  private func write(_ generation: Generation, to json: inout JSONWriter) {
    let (record, manifest) = (generation.record, generation.record.manifest)
    json.beginObject()
    json.name("name")
    json.value(manifest.name)
    json.name("version")
    json.value(manifest.version)
    json.name("digest")
    json.value(record.digest)
    json.name("default")
    json.value(manifest.name == models.defaultName)
    json.name("created")
    json.value(manifest.created)
    json.name("served_since")
    json.value(generation.since.ISO8601Format())
    json.name("precision")
    json.value(generation.model.precision.rawValue)
    json.name("policy")
    json.value((policy ?? manifest.policy).rawValue)
    json.name("aggregation")
    json.value(record.calibration.aggregation.rawValue)
    json.name("alpha")
    json.value(record.calibration.alpha)
    json.name("asked")
    json.value(min(manifest.selection.count, manifest.differentiators.count))
    json.name("differentiators")
    json.beginArray()
    for differentiator in manifest.differentiators { json.value(differentiator.id) }
    json.endArray()
    json.name("input")
    json.beginObject()
    json.name("width")
    json.value(manifest.input.width)
    json.name("height")
    json.value(manifest.input.height)
    json.name("resize")
    json.value(manifest.input.resize.rawValue)
    json.endObject()
    json.name("labels")
    json.beginArray()
    for label in manifest.labels { json.value(label) }
    json.endArray()
    json.name("measured")
    json.beginArray()
    for measurement in manifest.measured { write(measurement, to: &json) }
    json.endArray()
    json.endObject()
  }

  private func write(_ measurement: CleanMeasurement, to json: inout JSONWriter) {
    json.beginObject()
    json.name("data")
    json.value(measurement.data)
    for (name, rate) in [
      ("student_accuracy", measurement.studentAccuracy), ("end_to_end_accuracy", measurement.endToEndAccuracy),
      ("clean_rejection_rate", measurement.cleanRejectionRate),
    ] {
      json.name(name)
      json.beginObject()
      for (part, value) in [("share", rate.share), ("low", rate.low), ("high", rate.high)] {
        json.name(part)
        json.value(value)
      }
      json.name("of")
      json.value(rate.of)
      json.endObject()
    }
    json.endObject()
  }

  private static func response(_ json: JSONWriter) -> Response {
    Response(.ok, type: "application/json", body: json.bytes + [UInt8(ascii: "\n")])
  }
}

extension ServedModels {
  /// What a request for a model is answered that is not there, or that names none where there are several.
  func absence(_ request: RoutedRequest) -> Response {
    let names = all.map(\.record.manifest.name)
    let list = names.joined(separator: ", ")
    let detail =
      if let name = request.parameters["name"] {
        "there is no model '\(name)'; there are: \(list)"
      } else {
        "no model is the default; name one in /v1/models/{name}/classify: \(list)"
      }
    return request.problem(.notFound, detail, error: "unknown_model", members: ["models": .strings(names)])
  }
}
