internal import Glibc

/// "Accepted and wrong", end to end, against a Student (the first head) and its differentiators (the others): what an
/// attacker maximises who knows the defence (Carlini et al. 2019; Tramèr et al. 2020).
///
/// With the wrong label `y`, the Student's logits `z` and the differentiators' probabilities `p`,
///
///     min(z_y − max z_other, κ) + min(log s_y, log(threshold_y + reserve))
///
/// where the score `s_y` is the mean or the geometric mean of `p_y`. Which differentiators are asked depends on a key and on
/// every pixel, so that the mean over all whose scope holds `y` (of `p_y` or of its logarithm) is the expectation over the
/// choice. Both terms stop to count where they have reached what they need, so that the attack goes on with the other;
/// without a target, `y` is at each step the wrong label for which their sum is largest.
public struct DefenceObjective: AttackObjective {
  /// What a differentiator's head says.
  public struct Judge: Sendable {
    /// For each label of the Student its output; nil where the scope does not hold it.
    public var outputs: [Int?]

    /// A judge whose outputs are given for each label.
    public init(outputs: [Int?]) { self.outputs = outputs }
  }

  /// How the differentiators' probabilities become one score.
  public enum Aggregation: Sendable {
    case mean, geometricMean
  }

  /// The differentiators, in the order of the heads from the second on.
  public let judges: [Judge]
  /// For each label, which score is accepted.
  public let thresholds: [Double]
  /// How the defence makes one score of several.
  public let aggregation: Aggregation
  /// By which margin the Student shall be wrong.
  public var margin = 3.0
  /// How far above the threshold the score shall be, so that those who are asked accept it, too.
  public var reserve = 0.15
  /// What counts: both terms, or one alone for steps that are made one after the other.
  public var part = Part.both

  /// One term or both.
  public enum Part: Sendable {
    /// What the Student says and what the differentiators say.
    case both
    /// What the Student says.
    case student
    /// What the differentiators say of the wrong label that is nearest.
    case judges
  }

  /// - Parameters:
  ///   - judges: for each head but the first.
  ///   - thresholds: for each label of the Student.
  ///   - aggregation: how the defence makes one score of several.
  public init(judges: [Judge], thresholds: [Double], aggregation: Aggregation = .mean) {
    (self.judges, self.thresholds, self.aggregation) = (judges, thresholds, aggregation)
  }

  /// The terms of the label that is attacked.
  public func value(_ rows: [ArraySlice<Float>], _ goal: AttackGoal, seeds: inout [[Float]?]) -> Double {
    let student = rows[0]
    let softmaxes = rows.dropFirst().map(Softmax.init)
    let label = goal.target ?? nearest(student, softmaxes, besides: goal.label)
    let other = student.placeOfLargest { $0 != label } ?? label
    let lead = Double(student.at(label) - student.at(other))
    for head in rows.indices { seeds[head] = nil }
    var value = 0.0
    if part != .judges {
      value += min(lead, margin)
      if lead < margin {
        var seed = [Float](repeating: 0, count: student.count)
        seed[label] += 1
        seed[other] -= 1
        seeds[0] = seed
      }
    }
    guard part != .student else { return value }
    let heads = judges.indices.filter { judges[$0].outputs[label] != nil }
    guard let score = logScore(softmaxes, label) else { return value }
    let enough = logEnough(label)
    value += min(score, enough)
    guard score < enough else { return value }
    for head in heads {
      guard let output = judges[head].outputs[label] else { continue }
      let probabilities = softmaxes[head].values
      // The derivative of log(mean p): each differentiator's share of the mean times its own log-probability's. In a
      // geometric mean all have the same share.
      let share =
        aggregation == .mean
        ? probabilities[output] / exp(score) / Double(heads.count) : 1 / Double(heads.count)
      var seed = probabilities.map { Float(-share * $0) }
      seed[output] += Float(share)
      seeds[head + 1] = seed
    }
    return value
  }

  /// Whether the Student is wrong in the way that is wanted and the score of all who could be asked accepts it.
  public func isReached(_ rows: [ArraySlice<Float>], _ goal: AttackGoal) -> Bool {
    guard goal.isReached(rows[0]), let label = rows[0].placeOfLargest({ _ in true }) else { return false }
    return logScore(rows.dropFirst().map(Softmax.init), label).map { exp($0) >= thresholds[label] } ?? true
  }

  /// The logarithm of the score of all differentiators whose scope holds a label; nil if there is none.
  private func logScore(_ softmaxes: [Softmax], _ label: Int) -> Double? {
    var (sum, count) = (0.0, 0.0)
    for (judge, softmax) in zip(judges, softmaxes) {
      guard let output = judge.outputs[label] else { continue }
      sum += aggregation == .mean ? softmax.values[output] : softmax.logarithm(output)
      count += 1
    }
    guard count > 0 else { return nil }
    return aggregation == .mean ? log(max(sum / count, 1e-30)) : sum / count
  }

  /// The logarithm of the score with which a label needs no more.
  private func logEnough(_ label: Int) -> Double { log(min(thresholds[label] + reserve, 1)) }

  /// The wrong label for which Student and differentiators together need the least.
  private func nearest(_ student: ArraySlice<Float>, _ softmaxes: [Softmax], besides right: Int) -> Int {
    let own = Softmax(student)
    var (best, largest) = (right == 0 ? min(1, student.count - 1) : 0, -Double.infinity)
    for label in 0..<student.count where label != right {
      let sum = own.logarithm(label) + min(logScore(softmaxes, label) ?? 0, logEnough(label))
      if sum > largest { (best, largest) = (label, sum) }
    }
    return best
  }
}
