import Attacks
import Images
import NeuralNet
import Testing

@Suite struct WrongGradientTests {
  private let fixture: AttackFixture

  init() throws { fixture = try AttackFixture() }

  typealias Change = @Sendable (inout GradientSettings) -> Void

  static let settings: [(change: Change, text: String)] = [
    ({ $0.radius = 0 }, "a radius of 0.0; with Linf it must be above 0 and at most 255.0"),
    ({ $0.radius = 256 }, "a radius of 256.0; with Linf it must be above 0 and at most 255.0"),
    ({ $0.radius = .nan }, "a radius of nan; with Linf it must be above 0 and at most 255.0"),
    ({ ($0.norm, $0.radius) = (.l2, -1) }, "a radius of -1.0; with L2 it must be above 0 and at most 10000.0"),
    ({ $0.steps = 0 }, "0 steps; there must be 1 to 1,000,000"),
    ({ $0.restarts = 0 }, "0 starts; there must be 1 to 1000"),
    ({ $0.batchSize = 0 }, "batches of 0 pictures; there must be 1 to 1024"),
    ({ $0.threads = 1025 }, "1025 threads; there must be 1 to 1024"),
  ]

  @Test(arguments: settings.indices) func `a setting out of range is named`(_ index: Int) {
    var settings = GradientSettings(radius: 8)
    Self.settings[index].change(&settings)
    #expect(throws: AttackError.setting(Self.settings[index].text)) {
      try AutoProjectedGradient(settings).attack(
        fixture.model, fixture.goals(), maximising: CrossEntropyObjective())
    }
  }

  @Test func `settings of single attacks are looked at`() {
    var steps = ProjectedGradient(GradientSettings(radius: 8))
    steps.stepShare = 0
    #expect(throws: AttackError.setting("steps of 0.0 radii; they must be above 0 and at most 2")) {
      try steps.attack(fixture.model, fixture.goals(), maximising: CrossEntropyObjective())
    }
    var momentum = ProjectedGradient(GradientSettings(radius: 8))
    momentum.momentum = -1
    #expect(throws: AttackError.setting("a momentum of -1.0; it must be 0 to 10")) {
      try momentum.attack(fixture.model, fixture.goals(), maximising: CrossEntropyObjective())
    }
    var nearest = CarliniWagner(GradientSettings(radius: 8))
    nearest.settings.norm = .linf
    #expect(throws: AttackError.setting("Carlini and Wagner's attack with Linf; it has L2 only")) {
      try nearest.attack(fixture.model, fixture.goals(), maximising: MarginObjective(confidence: 0))
    }
    var targets = TargetedRatioAttack(GradientSettings(radius: 8))
    targets.labels = 0
    #expect(throws: AttackError.setting("0 labels to try; there must be one at least")) {
      try targets.attack(fixture.model, fixture.goals())
    }
    #expect(throws: AttackError.setting("source 0 has a target; this attack finds its own")) {
      try TargetedRatioAttack(GradientSettings(radius: 8)).attack(fixture.model, fixture.goals(targeted: true))
    }
  }

  @Test func `a goal that does not fit the model is named`() throws {
    func attack(_ goal: AttackGoal) throws {
      _ = try ProjectedGradient(GradientSettings(radius: 8)).attack(
        fixture.model, [fixture.goals()[0], goal], maximising: CrossEntropyObjective())
    }
    let picture = fixture.pictures[0]
    let small = Picture(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])
    #expect(throws: AttackError.pictureSize(of: "source 1", width: 2, height: 1, wanted: (28, 28))) {
      try attack(AttackGoal(small, label: 0))
    }
    #expect(throws: AttackError.setting("source 1 has the label 10; there are 10, from 0")) {
      try attack(AttackGoal(picture, label: 10))
    }
    #expect(throws: AttackError.setting("source 1 has the label -1; there are 10, from 0")) {
      try attack(AttackGoal(picture, label: 0, target: -1))
    }
    #expect(throws: AttackError.setting("source 1 has its own label, 3, for its target")) {
      try attack(AttackGoal(picture, label: 3, target: 3))
    }
  }

  @Test func `networks that do not fit are named`() throws {
    let input = fixture.model.input
    #expect(throws: AttackError.setting("no network to attack; there must be one at least")) {
      try NetworkModel([], input: input)
    }
    var other = input
    other.name = "picture"
    #expect(throws: AttackError.unknownInput("picture", inputs: ["image"])) {
      try NetworkModel([fixture.graph], input: other)
    }
    var inner = fixture.graph
    inner.outputs = [inner.nodes[0].outputs[0]]
    #expect(throws: AttackError.self) { try NetworkModel([inner], input: input) }
  }
}
