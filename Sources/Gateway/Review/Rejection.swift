internal import Foundation
internal import StateStore

/// A kept rejection as it is answered and told of: every member is there, null where there is nothing to say.
struct Rejection: Encodable, Sendable {
  /// What somebody says of it.
  struct Review: Encodable, Sendable, Hashable {
    var kind: KeptRejection.Kind
    @Always var label: String?
    var actor: String
    var time: Date
  }

  private let kept: KeptRejection
  @Always private var review: Review?

  init(_ kept: KeptRejection) {
    self.kept = kept
    review = kept.review.map { Review(kind: $0.kind, label: $0.label, actor: $0.actor, time: $0.time) }
  }

  private enum Key: CodingKey { case score, threshold, review }

  func encode(to encoder: any Encoder) throws {
    try kept.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(kept.score, forKey: .score)
    try container.encode(kept.threshold, forKey: .threshold)
    try container.encode(review, forKey: .review)
  }
}
