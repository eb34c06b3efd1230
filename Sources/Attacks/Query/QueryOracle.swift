public import Images

/// What attackers ask who have no weights: pictures go in, and for each comes what the defender lets them see.
public protocol QueryOracle: Sendable {
  /// - Returns: one answer for each picture, in order.
  func answers(to pictures: [Picture], for goals: [AttackGoal]) throws -> [QueryAnswer]
}

/// What came back for one picture.
public struct QueryAnswer: Sendable, Hashable {
  /// Whether the attacker has what they want.
  public var succeeds: Bool
  /// How near that is, as far as it shows: the higher the nearer. Where only decisions are answered, all failures are alike.
  public var value: Double

  /// An answer.
  public init(succeeds: Bool, value: Double) { (self.succeeds, self.value) = (succeeds, value) }
}

/// What a query attack made of one picture.
public struct QueriedPicture: Sendable, Hashable {
  /// In whole pixel values, within the budget.
  public let picture: Picture
  /// Whether it reaches the goal.
  public let succeeds: Bool
  /// How many questions were asked until then, or in all.
  public let queries: Int
}

/// A model of this process as an oracle that answers with its objective: who tests an attack, or has a copy.
public struct ModelOracle: QueryOracle {
  private let model: any DifferentiableModel
  private let objective: any AttackObjective
  private let batch: BatchRun

  /// - Parameter threads: how many threads answer, each several pictures at a time.
  public init(_ model: any DifferentiableModel, _ objective: any AttackObjective, threads: Int = 1) {
    (self.model, self.objective) = (model, objective)
    batch = BatchRun(batchSize: 16, threads: threads)
  }

  /// The objective's value for each picture.
  ///
  /// - Throws: what the model's workers throw.
  public func answers(to pictures: [Picture], for goals: [AttackGoal]) throws -> [QueryAnswer] {
    let (heads, objective) = (model.heads, objective)
    return try batch.run(pictures.count, makeWorker: { [model] in try model.makeWorker() }) { worker, places in
      let logits = try worker.logits(of: pictures[places].flatMap(\.planes), count: places.count)
      return places.enumerated().map { row, place in
        let rows = heads.indices.map { logits[$0][(row * heads[$0])..<((row + 1) * heads[$0])] }
        var unused = [[Float]?](repeating: nil, count: heads.count)
        return QueryAnswer(
          succeeds: objective.isReached(rows, goals[place]),
          value: objective.value(rows, goals[place], seeds: &unused))
      }
    }
  }
}
