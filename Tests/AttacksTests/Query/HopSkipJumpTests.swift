import Attacks
import Base
import Images
import Testing

@Suite struct HopSkipJumpTests {
  private let fixture: AttackFixture
  private let oracle: ModelOracle

  init() throws {
    fixture = try AttackFixture()
    oracle = ModelOracle(fixture.model, MarginObjective(), threads: 2)
  }

  /// For each of the first pictures the next one of another label.
  private func starts(_ count: Int) -> [[Picture]] {
    (0..<count).map { index in
      let other = fixture.labels.indices.first { $0 > index && fixture.labels[$0] != fixture.labels[index] } ?? 0
      return [fixture.pictures[other]]
    }
  }

  /// ART's median distance after as many rounds, of the same pictures (Tests/Fixtures/make_attacks.py).
  @Test func `it comes as near as ART's does`() throws {
    // Thirty rounds take a minute and say the same.
    for theirs in fixture.rates where theirs.attack == "hopskipjump" && theirs.iterations == 10 {
      let count = theirs.pictures!
      let norm = try #require(theirs.norm.flatMap(GradientSettings.Norm.init))
      var attack = HopSkipJump(norm, queries: 1_000_000)
      (attack.rounds, attack.mostNeighbours) = (theirs.iterations!, 400)
      let goals = Array(fixture.goals().prefix(count))
      let found = try attack.attack(oracle, goals, from: starts(count))
      let answers = try fixture.answers(found.map(\.picture))
      for (index, one) in found.enumerated() {
        #expect(one.succeeds && answers[index] != goals[index].label)
        let distance =
          norm == .l2
          ? one.picture.distance(from: goals[index].picture)
          : Double(one.picture.largestDifference(from: goals[index].picture))
        #expect(abs(one.distance - distance) < 1e-6)
      }
      let median = found.map(\.distance).sorted()[count / 2]
      #expect(median < 1.1 * theirs.median!, "\(theirs): \(median)")
    }
  }

  @Test(arguments: GradientSettings.Norm.allCases)
  func `questions are counted, and no more are asked than may be`(_ norm: GradientSettings.Norm) throws {
    let goals = Array(fixture.goals().prefix(5))
    var attack = HopSkipJump(norm, queries: 300)
    let found = try attack.attack(oracle, goals, from: starts(5))
    #expect(found.allSatisfy { $0.succeeds && $0.queries == 300 })
    // However many are attacked at a time.
    attack.walks = 3
    let ended = LockBox<[Int]>([])
    let again = try attack.attack(oracle, goals, from: starts(5)) { progress in
      ended.withLock { $0.append(progress.steps) }
    }
    #expect(again == found && ended.withLock { $0 } == [300, 600, 900, 1200, 1500])
    attack.radius = 1000
    // The start is near enough.
    #expect(try attack.attack(oracle, goals, from: starts(5)).allSatisfy { $0.succeeds && $0.queries == 1 })
  }

  @Test func `where nothing has what is wanted the original is the result`() throws {
    struct Never: QueryOracle {
      func answers(to pictures: [Picture], for goals: [AttackGoal]) -> [QueryAnswer] {
        pictures.map { _ in QueryAnswer(succeeds: false, value: 0) }
      }
    }
    let found = try HopSkipJump(queries: 500).attack(Never(), [fixture.goals()[0]], from: starts(1))[0]
    #expect(!found.succeeds && found.picture == fixture.pictures[0] && found.queries == 21)
  }

  static let wrong: [(change: @Sendable (inout HopSkipJump) -> Void, text: String)] = [
    ({ $0.queries = 0 }, "0 questions; there must be 1 to 10,000,000"),
    ({ $0.rounds = 0 }, "0 rounds; there must be 1 to 100,000"),
    (
      { $0.neighbours = 1 }, "1 to 1000 neighbours; there must be 2 at least, and no more than at most"
    ),
    ({ $0.mostNeighbours = 3 }, "50 to 3 neighbours; there must be 2 at least, and no more than at most"),
    ({ $0.walks = 0 }, "0 walks at a time; there must be 1 to 1,024"),
    ({ $0.radius = -1 }, "a radius of -1.0; it must be 0 at least"),
  ]

  @Test(arguments: wrong.indices) func `a setting out of range is named`(_ index: Int) {
    var attack = HopSkipJump(queries: 10)
    Self.wrong[index].change(&attack)
    #expect(throws: AttackError.setting(Self.wrong[index].text)) {
      try attack.attack(oracle, [fixture.goals()[0]], from: starts(1))
    }
  }
}
