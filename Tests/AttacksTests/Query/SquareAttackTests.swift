import Attacks
import Images
import Testing

@Suite struct SquareAttackTests {
  private static let fixture = Result { try AttackFixture() }
  /// torchattacks' rates (Tests/Fixtures/make_attacks.py).
  static let rates = ((try? fixture.get())?.rates ?? []).filter { $0.attack == "square" }

  private func oracle(_ fixture: AttackFixture) -> ModelOracle {
    ModelOracle(fixture.model, MarginObjective(), threads: 2)
  }

  @Test(arguments: rates.indices) func `it succeeds as often as torchattacks' does, within five points`(
    _ index: Int
  ) throws {
    let (fixture, theirs) = (try Self.fixture.get(), Self.rates[index])
    let (radius, queries) = (theirs.radius!, theirs.queries!)
    let goals = fixture.goals()
    var attack = SquareAttack(radius: radius, queries: queries)
    attack.norm = try #require(theirs.norm.flatMap(GradientSettings.Norm.init))
    let made = try attack.attack(oracle(fixture), goals)
    let answers = try fixture.answers(made.map(\.picture))
    for (index, one) in made.enumerated() {
      #expect(one.succeeds == (answers[index] != goals[index].label))
      switch attack.norm {
      case .linf: #expect(Double(one.picture.largestDifference(from: goals[index].picture)) <= radius)
      case .l2: #expect(one.picture.distance(from: goals[index].picture) <= radius)
      }
      #expect(one.succeeds ? one.queries <= queries : one.queries == queries)
    }
    let rate = Double(made.count { $0.succeeds }) / Double(made.count)
    #expect(abs(rate - theirs.rate!) <= 0.05, "\(theirs): \(rate)")
  }

  @Test func `the same seed asks the same, and every question is counted`() throws {
    final class Counting: QueryOracle, @unchecked Sendable {  // One thread asks.
      let inner: ModelOracle
      var asked = 0
      init(_ inner: ModelOracle) { self.inner = inner }
      func answers(to pictures: [Picture], for goals: [AttackGoal]) throws -> [QueryAnswer] {
        asked += pictures.count
        return try inner.answers(to: pictures, for: goals)
      }
    }
    let fixture = try Self.fixture.get()
    let goals = Array(fixture.goals().prefix(20))
    var attack = SquareAttack(radius: 32, queries: 40)
    let counting = Counting(oracle(fixture))
    let first = try attack.attack(counting, goals)
    #expect(counting.asked == first.map(\.queries).reduce(0, +))
    #expect(try attack.attack(oracle(fixture), goals) == first)
    attack.seed = 2
    #expect(try attack.attack(oracle(fixture), goals) != first)
  }

  @Test func `where only decisions are answered it keeps what it has`() throws {
    struct Silent: QueryOracle {
      func answers(to pictures: [Picture], for goals: [AttackGoal]) -> [QueryAnswer] {
        pictures.map { _ in QueryAnswer(succeeds: false, value: 0) }
      }
    }
    let goals = Array(try Self.fixture.get().goals().prefix(3))
    let first = try SquareAttack(radius: 8, queries: 1).attack(Silent(), goals)
    #expect(try SquareAttack(radius: 8, queries: 30).attack(Silent(), goals).map(\.picture) == first.map(\.picture))
  }

  static let wrong: [(change: @Sendable (inout SquareAttack) -> Void, text: String)] = [
    ({ $0.radius = 0 }, "a radius of 0; with Linf it must be a whole number of 1 to 255"),
    ({ $0.radius = 256 }, "a radius of 256; with Linf it must be a whole number of 1 to 255"),
    ({ $0.radius = 2.5 }, "a radius of 2.5; with Linf it must be a whole number of 1 to 255"),
    ({ ($0.norm, $0.radius) = (.l2, 0) }, "a radius of 0; with L2 it must be above 0 and at most 10,000"),
    ({ ($0.norm, $0.radius) = (.l2, .infinity) }, "a radius of inf; with L2 it must be above 0 and at most 10,000"),
    ({ $0.queries = 0 }, "0 questions; there must be 1 to 10,000,000"),
    ({ $0.share = 0 }, "first squares of a share of 0.0; it must be above 0 and at most 1"),
    ({ $0.share = .nan }, "first squares of a share of nan; it must be above 0 and at most 1"),
  ]

  @Test(arguments: wrong.indices) func `a setting out of range is named`(_ index: Int) throws {
    var attack = SquareAttack(radius: 8, queries: 10)
    Self.wrong[index].change(&attack)
    let fixture = try Self.fixture.get()
    #expect(throws: AttackError.setting(Self.wrong[index].text)) {
      try attack.attack(oracle(fixture), fixture.goals())
    }
  }
}
