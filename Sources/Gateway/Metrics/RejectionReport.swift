internal import Defence
internal import Foundation

/// The answer to `GET /v1/metrics/rejections`. `openapi.yaml` documents it.
struct RejectionReport: Encodable, Sendable, Hashable {
  /// Verdicts of some time. Every list has its entries in the order of their names.
  struct Counts: Encodable, Sendable, Hashable {
    /// How far back it looks, in seconds; left out if that is the start.
    var seconds: Int?
    var images: Int
    var accepted: Int
    var rejected: Int
    /// The share of the images that were rejected; 0 if there were none.
    var rejectionRate: Double
    var byModel: [Model]
    var byLabel: [Label]
    /// All reasons there are, those for which nothing was rejected included.
    var byReason: [String: Int]
    var byDifferentiator: [Differentiator]
  }

  /// One model's share.
  struct Model: Encodable, Sendable, Hashable {
    var model: String
    var images: Int
    var accepted: Int
    var rejected: Int
    var rejectionRate: Double
  }

  /// Images to which the Student gave one label.
  struct Label: Encodable, Sendable, Hashable {
    var model: String
    var label: String
    var images: Int
    var rejected: Int
  }

  /// What one differentiator said.
  struct Differentiator: Encodable, Sendable, Hashable {
    var model: String
    var id: String
    var asked: Int
    var disagreed: Int
    /// Left out where scores are not shown.
    var meanScore: Double?
  }

  /// When counting began.
  var since: String
  /// Everything since then.
  var totals: Counts
  /// By ``RejectionWindow``.
  var windows: [String: Counts]
  /// The last rejections, the newest first.
  var events: [RejectionEvent]

  /// JSON with its members in the order of their names.
  func json() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // Only a number that is not finite cannot be encoded, and ``rounded(_:)`` lets none through.
    return [UInt8](try! encoder.encode(self))
  }

  /// Six digits, as in a verdict; nil for what JSON has no number for.
  static func rounded(_ value: Double) -> Double? { value.isFinite ? (value * 1e6).rounded() / 1e6 : nil }
}

extension RejectionReport.Counts {
  /// - Parameters:
  ///   - seconds: how far back the tally looks.
  ///   - model: the only model that counts; nil for all.
  init(_ tally: RejectionTally, seconds: Int?, model: String?, showsScores: Bool) {
    let models = tally.models.filter { model == nil || $0.key == model }.sorted { $0.key < $1.key }
    byModel = models.map { name, model in .init(model: name, model.counts) }
    byLabel = models.flatMap { name, model in
      model.labels.sorted { $0.key < $1.key }.map { label, counts in
        .init(model: name, label: label, images: counts.images, rejected: counts.rejected)
      }
    }
    byReason = Dictionary(
      uniqueKeysWithValues: Verdict.Reason.allCases.map { reason in
        (reason.rawValue, models.reduce(0) { $0 + $1.value.reasons[reason, default: 0] })
      })
    byDifferentiator = models.flatMap { name, model in
      model.differentiators.sorted { $0.key < $1.key }.map { id, opinions in
        .init(
          model: name, id: id, asked: opinions.asked, disagreed: opinions.disagreed,
          meanScore: showsScores ? RejectionReport.rounded(opinions.scoreSum / Double(opinions.scored)) : nil)
      }
    }
    self.seconds = seconds
    images = byModel.reduce(0) { $0 + $1.images }
    rejected = byModel.reduce(0) { $0 + $1.rejected }
    accepted = images - rejected
    rejectionRate = RejectionReport.rounded(Double(rejected) / Double(images)) ?? 0
  }
}

extension RejectionReport.Model {
  fileprivate init(model: String, _ counts: RejectionTally.Counts) {
    self.model = model
    images = counts.images
    rejected = counts.rejected
    accepted = images - rejected
    rejectionRate = RejectionReport.rounded(Double(rejected) / Double(images)) ?? 0
  }
}
