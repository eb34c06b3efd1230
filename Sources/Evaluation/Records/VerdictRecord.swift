/// One picture that was judged, a line of a report's `verdicts.jsonl`: all that its figures are computed from.
public struct VerdictRecord: Sendable, Hashable, Codable {
  /// What it belongs to: `clean`, `noise/` and a kind, or an attack's id.
  public var set: String
  /// Its place in the set, from 0.
  public var index: Int
  /// The place in the data of the picture that it was made from.
  public var source: Int
  /// The right label, an index.
  public var label: Int
  /// The label that the attacker wanted; nil for any wrong one, and for pictures that nobody attacked.
  public var target: Int?
  /// How far it is from its source, in the attack's norm: a DSSIM, or pixel values of 0…255.
  public var distance: Double?
  /// How many questions the attacker asked, where that is what counts.
  public var queries: Int?
  /// The Student's label.
  public var student: Int
  /// Its probability for it.
  public var confidence: Double
  /// Each differentiator's score, in the bundle's order, of all that there are; nil for one whose scope does not hold the
  /// label.
  public var scores: [Double?]
  /// Whether each names the Student's label itself.
  public var agrees: [Bool]
  /// The places of those that were asked.
  public var asked: [Int]
  /// The score of all of those that were asked; nil if none was.
  public var score: Double?
  /// What it was compared with.
  public var threshold: Double?
  /// Whether the defence answers with the Student's label.
  public var accepted: Bool
  /// Each prior defence's score by its name; below its threshold it rejects.
  public var baselines: [String: Double]

  /// Whether the Student alone is fooled as the attacker wants.
  public var foolsStudent: Bool { target.map { student == $0 } ?? (student != label) }
  /// Whether that is answered, too: accepted and wrong.
  public var succeeds: Bool { foolsStudent && accepted }
}
