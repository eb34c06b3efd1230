public import Base

/// A verdict as it is answered over HTTP and printed by `distinguo classify --json`.
public struct VerdictDocument: Sendable {
  /// What the picture was called: a path, or a part's file name; left out if nil.
  public var image: String?
  /// Identifies the question.
  public var requestID: String
  /// How long it took, in milliseconds.
  public var elapsed: Double
  /// How much of the numbers is shown.
  public var disclosure = ScoreDisclosure.full
  private let verdict: Verdict
  private let record: ModelRecord

  /// A model's verdict.
  public init(_ verdict: Verdict, of record: ModelRecord, image: String? = nil, requestID: String, elapsed: Double) {
    self.verdict = verdict
    self.record = record
    self.image = image
    self.requestID = requestID
    self.elapsed = elapsed
  }

  /// Writes it as an object.
  ///
  /// Every member that is disclosed is there, null where there is nothing to say; only `image` and `reason` are left out
  /// then.
  public func write(to json: inout JSONWriter) {
    json.beginObject()
    if let image {
      json.name("image")
      json.value(image)
    }
    let label = record.manifest.labels[verdict.studentLabel]
    json.name("outcome")
    json.value(verdict.isAccepted ? "accepted" : "rejected")
    json.name("label")
    json.value(verdict.isAccepted ? label : nil)
    if let reason = verdict.reason {
      json.name("reason")
      json.value(reason.rawValue)
    }
    if disclosure != .none { writeScores(to: &json, label) }
    json.name("model")
    json.beginObject()
    json.name("name")
    json.value(record.manifest.name)
    json.name("version")
    json.value(record.manifest.version)
    json.name("digest")
    json.value(record.digest)
    json.endObject()
    json.name("request_id")
    json.value(requestID)
    json.name("elapsed_ms")
    json.value((elapsed * 1000).rounded() / 1000)
    json.endObject()
  }

  private func writeScores(to json: inout JSONWriter, _ label: String) {
    json.name("score")
    json.value(verdict.score.map(shown))
    json.name("threshold")
    json.value(verdict.threshold.map(shown))
    json.name("student")
    json.beginObject()
    json.name("label")
    json.value(label)
    json.name("confidence")
    json.value(shown(verdict.confidence))
    json.endObject()
    json.name("differentiators")
    json.beginArray()
    for opinion in verdict.opinions {
      json.beginObject()
      json.name("id")
      json.value(opinion.id)
      json.name("score")
      json.value(shown(opinion.score))
      json.name("agrees")
      json.value(opinion.agrees)
      json.endObject()
    }
    json.endArray()
  }

  private func shown(_ value: Double) -> Double {
    switch disclosure {
    // Six digits: more would only show how the kernels add.
    case .full: (value * 1e6).rounded() / 1e6
    case .coarse, .none: (value * 10).rounded() / 10
    }
  }

  /// One line of JSON.
  public func json() -> String {
    var writer = JSONWriter()
    write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
