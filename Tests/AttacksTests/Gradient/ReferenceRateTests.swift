import Attacks
import Images
import Testing

/// Our attacks beside torchattacks' on the same network and pictures, at equal budgets (Tests/Fixtures/make_attacks.py).
@Suite struct ReferenceRateTests {
  private static let fixture = Result { try AttackFixture() }
  static let gradientRates =
    ((try? fixture.get())?.rates ?? []).filter { !["square", "hopskipjump"].contains($0.attack) }

  @Test func `the fixture has what is compared`() throws {
    let fixture = try Self.fixture.get()
    #expect(fixture.pictures.count == 200 && Self.gradientRates.count > 25)
    #expect(try fixture.answers(fixture.pictures) == fixture.labels)
  }

  @Test(arguments: gradientRates.indices) func `an attack succeeds as often as theirs, within five points`(
    _ index: Int
  ) throws {
    let (fixture, theirs) = (try Self.fixture.get(), Self.gradientRates[index])
    var settings = GradientSettings(radius: theirs.radius ?? 10)
    settings.norm = theirs.norm == "L2" ? .l2 : .linf
    (settings.steps, settings.batchSize) = (theirs.steps ?? 1, 25)
    let goals = fixture.goals(targeted: theirs.targeted ?? false)
    let made = try attack(theirs.attack, settings, goals, fixture)
    #expect(made.count == goals.count)
    let answers = try fixture.answers(made.map(\.picture))
    var turned = 0
    for (index, one) in made.enumerated() {
      let isTurned = goals[index].target.map { answers[index] == $0 } ?? (answers[index] != goals[index].label)
      #expect(isTurned == one.succeeds)
      let distance = one.picture.distance(from: goals[index].picture)
      if settings.norm == .linf, theirs.nearer == nil {
        #expect(one.picture.largestDifference(from: goals[index].picture) <= Int(theirs.radius!))
      } else if theirs.nearer == nil {
        #expect(distance <= theirs.radius! + 1e-6)
      }
      if isTurned, distance <= theirs.nearer ?? .infinity { turned += 1 }
    }
    let rate = Double(turned) / Double(goals.count)
    // torchattacks' Carlini-Wagner gives up once its loss has not fallen for a tenth of the steps, and tries seven weights
    // where ours searches among nine: ours must not be worse.
    let most = theirs.nearer == nil ? 0.05 : 1
    #expect((-0.05...most).contains(rate - theirs.rate!), "\(theirs): \(rate)")
  }

  private func attack(
    _ name: String, _ settings: GradientSettings, _ goals: [AttackGoal], _ fixture: AttackFixture
  ) throws -> [AttackedPicture] {
    switch name {
    case "fgsm":
      try ProjectedGradient.fastGradient(settings).attack(fixture.model, goals, maximising: CrossEntropyObjective())
    case "momentum":
      try ProjectedGradient.momentumIterative(settings).attack(
        fixture.model, goals, maximising: CrossEntropyObjective())
    case "apgd-ce":
      try AutoProjectedGradient(settings).attack(fixture.model, goals, maximising: CrossEntropyObjective())
    case "apgd-dlr": try AutoProjectedGradient(settings).attack(fixture.model, goals, maximising: LogitRatioObjective())
    case "apgd-targets": try TargetedRatioAttack(settings).attack(fixture.model, goals)
    case "carlini-wagner":
      try CarliniWagner(settings).attack(fixture.model, goals, maximising: MarginObjective(confidence: 0))
    default: try ProjectedGradient(settings).attack(fixture.model, goals, maximising: CrossEntropyObjective())
    }
  }
}
