internal import Defence

/// Verdicts counted: by model, and within each by label, by reason and by differentiator.
///
/// The memory is bounded however many names come by: those beyond the limit are counted as ``other``.
struct RejectionTally: Sendable, Hashable {
  /// Verdicts of one kind.
  struct Counts: Sendable, Hashable {
    var images = 0
    var rejected = 0
  }

  /// What a differentiator said.
  struct Opinions: Sendable, Hashable {
    var asked = 0
    var disagreed = 0
    /// The sum of its scores that are numbers, and how many these are.
    var scoreSum = 0.0
    var scored = 0
  }

  /// One model's verdicts.
  struct Model: Sendable, Hashable {
    var counts = Counts()
    var reasons: [Verdict.Reason: Int] = [:]
    /// By the label the Student gave.
    var labels: [String: Counts] = [:]
    var differentiators: [String: Opinions] = [:]
  }

  /// What stands for every name beyond the limit.
  static let other = "other"
  /// Names of one kind, besides ``other``.
  static let limit = 2_000

  /// By the model's name.
  private(set) var models: [String: Model] = [:]

  /// Counts a verdict.
  mutating func count(_ verdict: Verdict, label: String, model: String) {
    models.bounded(model, Model()) { model in
      let rejected = verdict.isAccepted ? 0 : 1
      model.counts.add(1, rejected: rejected)
      if let reason = verdict.reason { model.reasons[reason, default: 0] += 1 }
      model.labels.bounded(label, Counts()) { $0.add(1, rejected: rejected) }
      for opinion in verdict.opinions {
        model.differentiators.bounded(opinion.id, Opinions()) { opinions in
          opinions.asked += 1
          opinions.disagreed += opinion.agrees ? 0 : 1
          guard opinion.score.isFinite else { return }
          opinions.scoreSum += opinion.score
          opinions.scored += 1
        }
      }
    }
  }

  /// Adds what another has counted.
  mutating func add(_ other: RejectionTally) {
    for (name, theirs) in other.models {
      models.bounded(name, Model()) { model in
        model.counts.add(theirs.counts.images, rejected: theirs.counts.rejected)
        model.reasons.merge(theirs.reasons, uniquingKeysWith: +)
        for (label, counts) in theirs.labels {
          model.labels.bounded(label, Counts()) { $0.add(counts.images, rejected: counts.rejected) }
        }
        for (id, theirs) in theirs.differentiators {
          model.differentiators.bounded(id, Opinions()) { opinions in
            opinions.asked += theirs.asked
            opinions.disagreed += theirs.disagreed
            opinions.scoreSum += theirs.scoreSum
            opinions.scored += theirs.scored
          }
        }
      }
    }
  }
}

extension RejectionTally.Counts {
  fileprivate mutating func add(_ images: Int, rejected: Int) {
    self.images += images
    self.rejected += rejected
  }
}

extension Dictionary where Key == String {
  /// Changes what is counted under a name, or under ``RejectionTally/other`` if there are too many names.
  fileprivate mutating func bounded(_ name: String, _ empty: Value, _ change: (inout Value) -> Void) {
    // Looked up once where it is known, which is nearly always.
    if let index = index(forKey: name) { return change(&values[index]) }
    let named = self[RejectionTally.other] == nil ? count : count - 1
    change(&self[named < RejectionTally.limit ? name : RejectionTally.other, default: empty])
  }
}
