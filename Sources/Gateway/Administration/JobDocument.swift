internal import Foundation
internal import Retraining
internal import StateStore

/// A job as it is answered and told of: every member is there, null where there is nothing to say.
struct JobDocument: Encodable {
  let status: JobStatus

  init(_ status: JobStatus) { self.status = status }

  private enum Key: CodingKey { case model, started, finished, version, gate, reason, progress }

  func encode(to encoder: any Encoder) throws {
    try status.encode(to: encoder)
    let job = status.job
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(job.request.model, forKey: .model)
    try container.encode(job.started, forKey: .started)
    try container.encode(job.finished, forKey: .finished)
    try container.encode(job.version, forKey: .version)
    try container.encode(job.gate, forKey: .gate)
    try container.encode(job.reason, forKey: .reason)
    try container.encode(status.progress, forKey: .progress)
  }
}
