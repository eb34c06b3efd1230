internal import Defence

/// All choices of differentiators that a selection key could make for a picture; over keys each is as likely.
struct KeyedChoices {
  let run: RunRecord

  /// No more are looked at: an ensemble of twenty, of which five are asked, has 15,504.
  private static let most = 20_000

  /// The share of the choices with which a picture is accepted; nil if there are too many to look at.
  func acceptance(of verdict: VerdictRecord) -> Double? {
    let eligible = verdict.scores.indices.filter { verdict.scores[$0] != nil }
    let size = min(run.asked, eligible.count)
    guard Self.count(size, of: eligible.count) <= Self.most else { return nil }
    var (accepted, all) = (0, 0)
    Self.forEach(size, of: eligible) { choice in
      all += 1
      if accepts(verdict, choice) { accepted += 1 }
    }
    return Double(accepted) / Double(all)
  }

  /// How many points of accuracy defending costs on average over keys; nil if there are too many choices to look at.
  func accuracyLost(_ clean: [VerdictRecord]) -> Double? {
    var lost = 0.0
    for verdict in clean where verdict.student == verdict.label {
      guard let share = acceptance(of: verdict) else { return nil }
      lost += 1 - share
    }
    return clean.isEmpty ? 0 : 100 * lost / Double(clean.count)
  }

  private func accepts(_ verdict: VerdictRecord, _ choice: [Int]) -> Bool {
    // Where none is asked the Student's label is the answer.
    guard let score = run.aggregation.score(of: choice.compactMap { verdict.scores[$0] }) else { return true }
    // A vote has no threshold, and needs none.
    return run.policy.reason(
      score: score, threshold: verdict.threshold ?? 0, agreeing: choice.count { verdict.agrees[$0] }, of: choice.count)
      == nil
  }

  /// A binomial coefficient, or any number beyond the most that are looked at.
  private static func count(_ size: Int, of all: Int) -> Int {
    var count = 1
    for place in 0..<min(size, all - size) {
      count = count * (all - place) / (place + 1)
      if count > most { return count }
    }
    return count
  }

  private static func forEach(_ size: Int, of places: [Int], chosen: [Int] = [], _ body: ([Int]) -> Void) {
    guard chosen.count < size else { return body(chosen) }
    for (offset, place) in places.enumerated() where places.count - offset >= size - chosen.count {
      forEach(size, of: Array(places[(offset + 1)...]), chosen: chosen + [place], body)
    }
  }
}
