public import Defence

/// What came of one attack at one budget.
public struct AttackFigures: Sendable, Hashable, Codable {
  /// A share of attacks that are rejected where thresholds are set to reject a share of clean pictures.
  public struct OperatingPoint: Sendable, Hashable, Codable {
    /// The share of clean pictures that the threshold rejects at most.
    public var cleanRejection: Double
    /// Of the attacks that fool the Student, those that it rejects.
    public var defenceRate: Rate
  }

  /// What a prior defence does on the same pictures.
  public struct Baseline: Sendable, Hashable, Codable {
    /// Its name.
    public var name: String
    /// Of the attacks that fool the Student, those that it rejects.
    public var defenceRate: Rate
    /// The area under its ROC curve.
    public var area: Double?
  }

  /// The attack's id.
  public var id: String
  /// How many attacks there were.
  public var attempts: Int
  /// Attacks that fool the undefended Student, of all.
  public var undefended: Rate
  /// Of those, the ones that are rejected.
  public var defenceRate: Rate
  /// Attacks that still succeed, accepted and wrong, of all.
  public var left: Rate
  /// For each differentiator: of the attacks that fool the Student, how often it agrees.
  public var agreement: [Rate]
  /// The mean distance from the source; nil without attempts.
  public var meanDistance: Double?
  /// The median number of questions of attacks that succeed; nil where they are not counted, or none does.
  public var medianQueries: Double?
  /// All questions, those of attacks that fail too, for each success; nil where they are not counted, or none succeeds.
  public var queriesPerSuccess: Double?
  /// The area under the ROC curve of the score: clean pictures that the Student gets right against attacks that fool
  /// it.
  public var area: Double?
  /// The defence rate at 1, 5 and 10 % clean rejection.
  public var operatingPoints: [OperatingPoint]
  /// What the prior defences do.
  public var baselines: [Baseline]

  /// At how much clean rejection the defence rate is told.
  static let cleanRejections = [0.01, 0.05, 0.1]

  /// - Parameters:
  ///   - verdicts: the attack's.
  ///   - genuine: of clean pictures that the Student gets right.
  init(
    _ id: String, _ verdicts: [VerdictRecord], genuine: [VerdictRecord], baselines: [BaselineRecord],
    differentiators: Int
  ) {
    self.id = id
    attempts = verdicts.count
    let fooling = verdicts.filter(\.foolsStudent)
    undefended = Rate(fooling.count, of: verdicts.count)
    defenceRate = Rate(fooling.count { !$0.accepted }, of: fooling.count)
    left = Rate(verdicts.count { $0.succeeds }, of: verdicts.count)
    agreement = (0..<differentiators).map { place in
      let asked = fooling.filter { $0.scores[place] != nil }
      return Rate(asked.count { $0.agrees[place] }, of: asked.count)
    }
    let distances = verdicts.compactMap(\.distance)
    meanDistance = distances.isEmpty ? nil : distances.reduce(0, +) / Double(distances.count)
    medianQueries = verdicts.filter(\.succeeds).compactMap(\.queries).map(Double.init).median
    let queries = verdicts.compactMap(\.queries)
    queriesPerSuccess = queries.isEmpty || left.count == 0 ? nil : Double(queries.reduce(0, +)) / Double(left.count)
    let roc = ROC(genuine: genuine.compactMap(\.score), adversarial: fooling.compactMap(\.score))
    area = roc.area
    operatingPoints = Self.cleanRejections.map {
      OperatingPoint(cleanRejection: $0, defenceRate: roc.rejected(atCleanRejection: $0))
    }
    self.baselines = baselines.map { one in
      let scores = fooling.compactMap { $0.baselines[one.name] }
      return Baseline(
        name: one.name, defenceRate: Rate(scores.count { $0 < one.threshold }, of: scores.count),
        area: ROC(genuine: genuine.compactMap { $0.baselines[one.name] }, adversarial: scores).area)
    }
  }
}

extension AttackFigures {
  /// How the defence stands against the best of the prior ones.
  enum Standing: String { case ahead, level, behind }

  /// By 95 % intervals that do not meet; nil where no prior defence was asked, or nothing fools the Student.
  var standing: Standing? {
    guard let best = baselines.map(\.defenceRate).filter({ $0.of > 0 }).max(by: { $0.share < $1.share }) else {
      return nil
    }
    return defenceRate.low > best.high ? .ahead : defenceRate.high < best.low ? .behind : .level
  }
}

extension [Double] {
  /// The middle value, or the mean of the two; nil of none.
  var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = self.sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
