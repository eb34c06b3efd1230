internal import Base
internal import Dispatch
internal import Foundation
internal import HTTPCore
internal import HTTPServer
internal import Retraining
internal import StateStore

/// Tells those who watch, and the metrics, what happens: verdicts, rejections, retrainings, versions, reviews.
///
/// Sendable unchecked: `retire` is set once, before anything is told.
final class News: JobObserver, @unchecked Sendable {
  private let hub = EventHub()
  private let metrics: GatewayMetrics
  private let figures: @Sendable () -> ReviewFigures?
  /// Where what blocks is done, one thing after the other.
  private let queue = DispatchQueue(label: "distinguo.administration.news", qos: .utility)
  /// Removes a model's old versions.
  var retire: @Sendable (_ model: String) -> Void = { _ in }

  /// - Parameter figures: what is kept for review.
  init(metrics: GatewayMetrics, figures: @escaping @Sendable () -> ReviewFigures?) {
    (self.metrics, self.figures) = (metrics, figures)
    queue.async { [self] in countReviews() }
  }

  /// Verdicts of a moment.
  private struct Verdicts: Encodable {
    var time: Date
    var models: [VerdictCounter.Count]
  }

  /// A rejection, with where its picture is kept.
  private struct Rejected: Encodable {
    let event: RejectionEvent
    let digest: String?
    private enum Key: CodingKey { case digest }

    func encode(to encoder: any Encoder) throws {
      try event.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encodeIfPresent(digest, forKey: .digest)
    }
  }

  /// Answers a request with what happens from now on.
  ///
  /// - Parameters:
  ///   - job: the one whose news are wanted; nil for all news.
  ///   - first: what is told first.
  /// - Throws: 503 if too many watch.
  func open(
    _ responder: Responder, job: String? = nil, first: () -> [EventStream.Event] = { [] }
  ) throws(AdminProblem) {
    guard hub.open(responder, to: job, first: first) else {
      throw AdminProblem(
        .serviceUnavailable, "too many watch at the moment, or the gateway is about to stop",
        error: "too_many_watchers",
        fields: ["Retry-After": "5"])
    }
  }

  /// Ends all streams.
  func end() { hub.end() }

  /// The event about a job.
  static func event(_ status: JobStatus) -> EventStream.Event {
    EventStream.Event(
      "job", data: AdminJSON.bytes(JobDocument(status)), subject: status.job.id, isLast: status.job.state.isFinal)
  }

  func observe(_ status: JobStatus) {
    hub.publish(Self.event(status))
    guard status.job.state.isFinal else { return }
    metrics.lifecycle.countEnd(status.job.state)
    queue.async { [self] in retire(status.job.request.model) }
  }

  /// Another version serves.
  func tell(_ activation: Activation) {
    metrics.lifecycle.count(activation)
    hub.publish(.init("activation", data: AdminJSON.bytes(activation)))
    // Not from within the change, which is not over yet.
    queue.async { [self] in retire(activation.model) }
  }

  /// A picture was rejected.
  func tell(_ picture: RejectedPicture, _ fate: RejectedPictures.Fate) {
    metrics.observe(fate)
    var digest: String?
    if case .kept(let rejection) = fate {
      digest = rejection.digest
      queue.async { [self] in countReviews() }
    }
    // Called on a compute thread: nothing is written down for nobody.
    guard hub.count > 0 else { return }
    let event = RejectionEvent(
      picture.verdict, picture.reason, label: picture.label, model: picture.model, version: picture.version,
      requestID: picture.requestID, time: AdminJSON.text(picture.time))
    hub.publish(.init("rejection", data: AdminJSON.bytes(Rejected(event: event, digest: digest))))
  }

  /// Something was said of a rejected picture.
  func tell(_ rejection: KeptRejection) {
    queue.async { [self] in countReviews() }
    hub.publish(.init("review", data: AdminJSON.bytes(Rejection(rejection))))
  }

  /// Verdicts were reached since the last time.
  func tell(_ counts: [VerdictCounter.Count]) {
    guard !counts.isEmpty else { return }
    hub.publish(.init("verdicts", data: AdminJSON.bytes(Verdicts(time: Date(), models: counts))))
  }

  private func countReviews() {
    if let figures = figures() { metrics.lifecycle.setReviews(figures) }
  }
}
